import type { EndReason, ErrorCode, Role, RoomState } from '@telemedicine-signaling/protocol';

export interface ModelClient {
  id: string;
  namespaceId: string;
  role: Role;
  /** The connection that it speaks through; null while that is lost. */
  socket: string | null;
  /** The connection that was told the resume token that is good now. */
  tokenFrom: string;
  leaseUntil: number;
  /** What it has to hear, room by room, in order: now, or once it is back. */
  readonly told: Map<string, string[]>;
  /** What others relayed to it, by sender, in order. */
  readonly relayed: Map<string, number[]>;
  /** What may or may not have been relayed to it: the sender was lost before it was told. */
  readonly perhapsRelayed: Set<number>;
}

export interface ModelRoom {
  id: string;
  namespaceId: string | null;
  state: RoomState;
  patient: string | null;
  /** Everyone in it, the patient too. Kept when it has ended, for who was in it may know so. */
  members: Set<string>;
  claimedBy: string | null;
  knockUntil: number;
  patientId: string | null;
  madeAt: number;
  endedAt: number;
}

/** What the server must refuse an event with. */
export class Refusal extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}

export function refuse(code: ErrorCode): never {
  throw new Refusal(code);
}

/** The practice as the specification has it, in plain maps: who is there, in which room, in what order. */
export class Model {
  now = 0;
  readonly namespaces = new Set<string>();
  readonly clients = new Map<string, ModelClient>();
  /** Those too who are gone: nobody may have heard what did not concern them. */
  readonly everyone = new Map<string, ModelClient>();
  readonly rooms = new Map<string, ModelRoom>();
  /** Namespace → its waiting room, who is next first. */
  readonly lines = new Map<string, string[]>();
  /** Connection → the client that it is of. */
  readonly clientOf = new Map<string, string>();

  client(id: string): ModelClient | undefined {
    return this.clients.get(id);
  }

  speaker(socket: string): ModelClient | undefined {
    return this.clients.get(this.clientOf.get(socket) ?? '');
  }

  line(namespaceId: string): string[] {
    const known = this.lines.get(namespaceId);
    if (known !== undefined) return known;
    const line: string[] = [];
    this.lines.set(namespaceId, line);
    return line;
  }

  doctorsOf(namespaceId: string): string[] {
    return this.#idsWhere((one) => one.namespaceId === namespaceId && one.role === 'doctor');
  }

  everyoneIn(namespaceId: string): string[] {
    return this.#idsWhere((one) => one.namespaceId === namespaceId);
  }

  liveRooms(namespaceId: string): ModelRoom[] {
    return [...this.rooms.values()].filter(
      (room) => room.namespaceId === namespaceId && room.state !== 'ended',
    );
  }

  /** The rooms, not ended, that the client is in. */
  roomsOf(clientId: string): ModelRoom[] {
    return [...this.rooms.values()].filter(
      (room) => room.state !== 'ended' && room.members.has(clientId),
    );
  }

  isLost(clientId: string): boolean {
    const client = this.clients.get(clientId);
    return client === undefined || client.socket === null;
  }

  /** RELAY-2. */
  mayReach(from: ModelClient, to: ModelClient): boolean {
    if (from.namespaceId !== to.namespaceId) return false;
    const own = this.roomsOf(from.id);
    const others = this.roomsOf(to.id);
    if (from.role === 'doctor' && (to.role === 'doctor' || others.length > 0)) return true;
    if (to.role === 'doctor' && own.length > 0) return true;
    return own.some((room) => others.includes(room));
  }

  /** WHO-1: these clients, and nobody else, hear this of the room. */
  tell(ids: Iterable<string>, roomId: string, what: string): void {
    for (const id of new Set(ids)) {
      const told = this.clients.get(id)?.told;
      if (told === undefined) continue;
      const ofRoom = told.get(roomId);
      if (ofRoom === undefined) told.set(roomId, [what]);
      else ofRoom.push(what);
    }
  }

  addRoom(id: string, namespaceId: string | null): ModelRoom {
    const room: ModelRoom = {
      id,
      namespaceId,
      state: 'open',
      patient: null,
      members: new Set(),
      claimedBy: null,
      knockUntil: Number.POSITIVE_INFINITY,
      patientId: null,
      madeAt: this.now,
      endedAt: Number.POSITIVE_INFINITY,
    };
    this.rooms.set(id, room);
    return room;
  }

  /** ROOM-8. */
  endRoom(room: ModelRoom, reason: EndReason, by: Role | null): void {
    const wasWaiting = isWaiting(room);
    this.#outOfLine(room);
    room.state = 'ended';
    room.claimedBy = null;
    room.endedAt = this.now;
    const doctors = wasWaiting && room.namespaceId !== null ? this.doctorsOf(room.namespaceId) : [];
    this.tell([...room.members, ...doctors], room.id, `room-ended ${reason} ${by ?? ''}`);
  }

  /** The patient waits, last in line; or first, if a consultation broke off (QUEUE-6). */
  wait(room: ModelRoom, place: 'first' | 'last'): void {
    this.#outOfLine(room);
    room.state = 'waiting';
    const line = this.line(room.namespaceId ?? '');
    if (place === 'first') line.unshift(room.id);
    else line.push(room.id);
  }

  admitted(room: ModelRoom): void {
    this.#outOfLine(room);
    room.state = 'in-consultation';
    room.knockUntil = Number.POSITIVE_INFINITY;
  }

  /** How `patient-remove` names the patient (ROOM-10). */
  nameOfPatient(room: ModelRoom): string {
    return room.patientId ?? room.patient ?? room.id;
  }

  #outOfLine(room: ModelRoom): void {
    const line = this.line(room.namespaceId ?? '');
    const at = line.indexOf(room.id);
    if (at >= 0) line.splice(at, 1);
  }

  #idsWhere(fits: (client: ModelClient) => boolean): string[] {
    return [...this.clients.values()].filter(fits).map(({ id }) => id);
  }
}

export const isWaiting = ({ state }: ModelRoom): boolean =>
  state === 'waiting' || state === 'knocking';

export const others = (room: ModelRoom, id: string): string[] =>
  [...room.members].filter((member) => member !== id);
