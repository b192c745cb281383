import type { EndReason, ErrorCode, Role, RoomState } from '@telemedicine-signaling/protocol';

export interface ModelClient {
  id: string;
  namespaceId: string;
  role: Role;
  /** The connection that it speaks through; null while that is lost. */
  socket: string | null;
  /** The last connection that it had. */
  lastSocket: string;
  /** The connection that was told the resume token that is good now. */
  tokenFrom: string;
  /** The one before, good as long as the last connection has given no sign of life. */
  formerTokenFrom: string | null;
  isHeardFrom: boolean;
  leaseUntil: number;
  /** What it has to hear, room by room, in order: now, or once it is back. */
  readonly told: Map<string, string[]>;
  /** What others relayed to it, by sender, in order. */
  readonly relayed: Map<string, number[]>;
  /** What may or may not have been relayed to it: the sender was lost before it was told. */
  readonly perhapsRelayed: Set<number>;
  /** A killed server took with it what a half-open connection had swallowed. */
  mayHaveMissed: boolean;
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
  urgent: boolean;
  /** Who has the smaller place is before; among equals, who came earlier. */
  place: number;
  arrival: number;
  waitingSince: number;
  hasMicrophone: boolean;
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
  /** Connection → the client that it is of. */
  readonly clientOf = new Map<string, string>();
  #arrivals = 0;

  client(id: string): ModelClient | undefined {
    return this.clients.get(id);
  }

  speaker(socket: string): ModelClient | undefined {
    return this.clients.get(this.clientOf.get(socket) ?? '');
  }

  /** The rooms of a namespace whose patients wait, who is next first (QUEUE-6, DESK-4). */
  line(namespaceId: string): ModelRoom[] {
    return this.liveRooms(namespaceId)
      .filter(isWaiting)
      .sort(
        (a, b) => Number(b.urgent) - Number(a.urgent) || a.place - b.place || a.arrival - b.arrival,
      );
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
      urgent: false,
      place: 0,
      arrival: 0,
      waitingSince: 0,
      hasMicrophone: true,
      madeAt: this.now,
      endedAt: Number.POSITIVE_INFINITY,
    };
    this.rooms.set(id, room);
    return room;
  }

  /** ROOM-8. */
  endRoom(room: ModelRoom, reason: EndReason, by: Role | null): void {
    const wasWaiting = isWaiting(room);
    const doctors = wasWaiting && room.namespaceId !== null ? this.doctorsOf(room.namespaceId) : [];
    this.tell([...room.members, ...doctors], room.id, `room-ended ${reason} ${by ?? ''}`);
    room.state = 'ended';
    room.claimedBy = null;
    room.endedAt = this.now;
  }

  /** The patient waits for the first time in this namespace, since `since`. */
  waitsNew(room: ModelRoom, since: number): void {
    this.#arrivals += 1;
    room.state = 'waiting';
    room.arrival = this.#arrivals;
    room.place = since;
    room.waitingSince = since;
  }

  /** The patient waits again, in the old place, for any doctor; who is there sees it again (ROOM-7). */
  waitsAgain(room: ModelRoom): void {
    room.state = 'waiting';
    room.claimedBy = null;
    room.knockUntil = Number.POSITIVE_INFINITY;
    this.tell(this.doctorsOf(room.namespaceId ?? ''), room.id, `new-patient ${room.patient}`);
  }

  /** The consultation broke off: the patient comes before all others of the same urgency (QUEUE-6). */
  toHead(room: ModelRoom): void {
    const [head] = this.line(room.namespaceId ?? '').filter((one) => one.urgent === room.urgent);
    room.place = Math.min(room.place, (head ?? room).place - 1);
  }

  /** How `patient-remove` names the patient (ROOM-10). */
  nameOfPatient(room: ModelRoom): string {
    return room.patientId ?? room.patient ?? room.id;
  }

  #idsWhere(fits: (client: ModelClient) => boolean): string[] {
    return [...this.clients.values()].filter(fits).map(({ id }) => id);
  }
}

export const isWaiting = ({ state }: ModelRoom): boolean =>
  state === 'waiting' || state === 'knocking';

export const others = (room: ModelRoom, id: string): string[] =>
  [...room.members].filter((member) => member !== id);
