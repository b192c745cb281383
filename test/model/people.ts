import type { Role } from '@telemedicine-signaling/protocol';
import type { Action, Speech } from './actions.ts';
import type { FakeSocket } from './fake-socket.ts';
import type { ModelClient, ModelRoom } from './model.ts';
import { isRelay, type ModelEvent } from './model-events.ts';
import { NAMESPACES } from './rules.ts';
import type { Sent } from './sight.ts';
import type { Connection, Trial } from './trial.ts';

const ROOM_SLOTS = 5;
const NOBODY = 'nobody-of-this-name';

/**
 * Turns actions into what the people of a practice do, by what the model knows of it. What two namespaces
 * would race for at once is left out: the specification does not say who is first.
 */
export class People {
  readonly #trial: Trial;
  #relayed = 0;
  /** Since everything was quiet last: which namespace a room was asked for in, and what else was done. */
  readonly #touched = new Map<string, string>();
  readonly #spokenIn = new Set<string>();
  readonly #transferredTo = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #sentOnTo = new Set<string>();

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** Everything that was done has come to its end. */
  rest(): void {
    this.#touched.clear();
    this.#spokenIn.clear();
    this.#transferredTo.clear();
    this.#removed.clear();
    this.#sentOnTo.clear();
  }

  act(action: Action): void {
    if (action.do === 'connect') this.#connect(action);
    else if (action.do === 'say') this.#say(action);
    else if (action.do === 'resume') this.#resume(action);
    else if (action.do === 'make-room') this.#makeRoom(action);
    else if ('who' in action) this.#happen(action.do, nth(this.#open(), action.who));
    else this.#changeNamespace(action.do, namespaceAt(action.namespace));
  }

  /** Everybody who is lost comes back, but for those whom `but` counts out. */
  resumeAll(but: number): void {
    const { model } = this.#trial;
    this.resume(
      [...model.clients.values()].filter(({ socket }) => socket === null),
      but,
    );
  }

  /** All of these come back, but for those whom `but` counts out. */
  resume(clients: readonly ModelClient[], but: number): void {
    for (const [index, client] of clients.entries()) {
      const page = this.#trial.pages.of(client.id);
      if (index % 8 !== but && page !== undefined) this.#trial.comeBack(page);
    }
  }

  #happen(what: 'drop' | 'deafen' | 'pong', connection: Connection | undefined): void {
    if (connection === undefined) return;
    if (what === 'drop') this.#trial.drop(connection);
    else if (what === 'pong') {
      if (connection.isReady) connection.socket.pong();
    } else {
      this.#trial.journal.push(`${connection.socket.id} is half-open from here on`);
      connection.socket.isDeaf = true;
    }
  }

  #changeNamespace(what: 'make-namespace' | 'remove-namespace', namespaceId: string): void {
    if (this.#transferredTo.has(namespaceId)) return;
    this.#spokenIn.add(namespaceId);
    if (what === 'make-namespace') {
      this.#trial.makeNamespace(namespaceId);
      return;
    }
    if (this.#sentOnTo.has(namespaceId)) return;
    this.#removed.add(namespaceId);
    this.#trial.removeNamespace(namespaceId);
  }

  #makeRoom({ namespace, room }: { namespace: number | null; room: number }): void {
    const { model } = this.#trial;
    const namespaceId = namespace === null ? undefined : namespaceAt(namespace);
    const roomId = this.#slot(room);
    if (model.rooms.has(roomId) || this.#touched.has(roomId)) return;
    if (namespaceId !== undefined && !model.namespaces.has(namespaceId)) return;
    this.#touched.set(roomId, namespaceId ?? '');
    this.#trial.makeRoom(roomId, namespaceId);
  }

  #connect({ namespace, says }: { namespace: number; says: Speech | null }): void {
    const connection = this.#trial.connect(namespaceAt(namespace));
    if (says === null) return;
    const event = says.event === 'join' && says.init ? 'doctor-joined' : says.event;
    this.#speak(connection, { ...says, event, init: false });
  }

  #say({ who, speech }: { who: number; speech: Speech }): void {
    const open = this.#open().filter(
      ({ socket, isReady }) => !socket.isDeaf && (isReady || !isRelay(speech.event)),
    );
    const fitting = open.filter((one) => this.#suits(one, speech));
    const connection = nth(speech.fits ? fitting : open, who);
    if (connection !== undefined) this.#speak(connection, speech);
  }

  #open(): Connection[] {
    return [...this.#trial.connections.values()].filter(({ socket }) => socket.connected);
  }

  #resume({ who, spent, deaf }: { who: number; spent: boolean; deaf: boolean }): void {
    const { model, pages, connections } = this.#trial;
    const isDeaf = (id: string | null) => connections.get(id ?? '')?.socket.isDeaf === true;
    const clients = [...model.clients.values()];
    const lost = clients.filter(({ socket }) => socket === null || isDeaf(socket));
    const client = nth(lost.length > 0 && who % 4 !== 3 ? lost : clients, who);
    if (client === undefined) return;
    const page = spent ? pages.formerOf(client.id) : pages.of(client.id);
    if (page === undefined) return;
    if (page.namespaceId !== client.namespaceId) {
      // Another node may be removing the namespace that it would be sent on to.
      if (this.#removed.has(client.namespaceId)) return;
      this.#sentOnTo.add(client.namespaceId);
    }
    // Whoever has heard everything need not count. From here on the page listens to its new connection only.
    const former = connections.get(page.from)?.socket;
    const counts = who % 2 === 0 || former?.connected === true || former?.isDeaf === true;
    if (former !== undefined) former.isDeaf = true;
    this.#trial.comeBack(counts ? page : { ...page, heard: undefined }, deaf);
  }

  #speak(connection: Connection, speech: Speech): void {
    const { event, asks } = speech;
    const { namespaceId } = connection.socket;
    if (!isRelay(event)) {
      if (this.#transferredTo.has(namespaceId)) return;
      this.#spokenIn.add(namespaceId);
    }
    const sent = this.#compose(speech, connection);
    if (sent !== undefined) this.#trial.say(connection, event, sent, asks);
  }

  /** What to say; undefined if there is nothing, or if two namespaces would race for one room. */
  #compose(speech: Speech, { socket }: Connection): Sent | undefined {
    const { event, fits, patient, by, init } = speech;
    const { namespaceId } = socket;
    if (event === 'doctor-joined' || event === 'call-next') return {};
    if (event === 'ready') return { camera: true, microphone: patient > 0 };
    if (isRelay(event)) return this.#composeRelay(speech, namespaceId, socket.id);
    const roomId = this.#roomFor(speech, socket);
    if (roomId === undefined) return undefined;
    const patientID = `p${patient}`;
    if (event === 'create') {
      if ((this.#touched.get(roomId) ?? namespaceId) !== namespaceId) return undefined;
      this.#touched.set(roomId, namespaceId);
      return { 'room-id': roomId, ...(patient === 2 ? {} : { patientID }) };
    }
    if (event === 'transfer') return this.#composeTransfer(speech, namespaceId, roomId);
    if (event === 'join') return { 'room-id': roomId, ...(init ? { init } : {}) };
    if (event === 'set-priority') return { 'room-id': roomId, urgent: init };
    if (event === 'message-to-waiting') {
      return { text: 'a moment, please', ...(by === 'nothing' ? {} : { 'room-id': roomId }) };
    }
    if (by === 'room-id' || !MAY_BE_NAMED_OTHERWISE.includes(event)) return { 'room-id': roomId };
    return by === 'nothing' && fits ? {} : { patientID };
  }

  #composeTransfer({ fits }: Speech, from: string, roomId: string): Sent | undefined {
    const to = NAMESPACES.find((id) => (id !== from) === fits) ?? from;
    if (this.#spokenIn.has(to) && to !== from) return undefined;
    this.#transferredTo.add(to);
    return { 'room-id': roomId, 'to-namespace-id': to };
  }

  #composeRelay({ event, fits, peer }: Speech, namespaceId: string, socket: string): Sent {
    const { model } = this.#trial;
    this.#relayed += 1;
    const own = model.speaker(socket);
    const known = [...model.clients.values()].filter(({ id }) => id !== own?.id);
    const near = known.filter(
      (one) => one.namespaceId === namespaceId && own !== undefined && model.mayReach(own, one),
    );
    const id = nth(fits && near.length > 0 ? near : known, peer)?.id ?? NOBODY;
    const key = event === 'ack-doctor-entered' ? 'client-id' : 'peer-id';
    return { [key]: id, n: this.#relayed };
  }

  #roomFor({ event, fits, room }: Speech, { id, namespaceId }: FakeSocket): string | undefined {
    const { model } = this.#trial;
    if (!fits) return nth([...model.rooms.keys()], room) ?? this.#slot(room);
    if (event === 'create') {
      // Each namespace has slots of its own; only what does not fit goes across.
      return this.#slot(room * NAMESPACES.length + NAMESPACES.indexOf(namespaceId));
    }
    const self = model.speaker(id)?.id ?? '';
    const isOwn = (one: ModelRoom) => one.members.has(self) || one.claimedBy === self;
    const live = model.liveRooms(namespaceId);
    return nth(OF_ONES_OWN.includes(event) ? live.filter(isOwn) : live, room)?.id;
  }

  /** A room by its place among the few there are: when one has ended, the next takes its place. */
  #slot(index: number): string {
    const slot = index % (ROOM_SLOTS * NAMESPACES.length);
    for (let n = 0; ; n += 1) {
      const id = `r${slot}.${n}`;
      if (this.#trial.model.rooms.get(id)?.state !== 'ended') return id;
    }
  }

  #suits({ socket }: Connection, speech: Speech): boolean {
    const { model } = this.#trial;
    const client = model.speaker(socket.id);
    return suits(client, model.roomsOf(client?.id ?? ''), speech);
  }
}

/** What makes sense for a room only that the speaker is in, or has claimed. */
const OF_ONES_OWN: readonly ModelEvent[] = [
  'leave',
  'hold',
  'return-to-queue',
  'patient-left',
  'doctor-ended',
  'patient-ended',
];

/** Where a `patientID`, or nothing at all, may stand for the room. */
const MAY_BE_NAMED_OTHERWISE: readonly ModelEvent[] = [
  'patient-left',
  'doctor-ended',
  'patient-ended',
];

const PATIENTS: readonly ModelEvent[] = [
  'ack-doctor-entered',
  'patient-left',
  'patient-ended',
  'ready',
];
const ANYBODYS: readonly ModelEvent[] = ['send-metadata', 'offer', 'answer', 'ice-candidate'];

function suits(
  client: ModelClient | undefined,
  rooms: ModelRoom[],
  { event, init }: Speech,
): boolean {
  const role: Role = client?.role ?? 'guest';
  if (event === 'create') return role === 'patient' || (role === 'guest' && rooms.length === 0);
  if (event === 'doctor-joined') return role !== 'patient' && rooms.length === 0;
  if (event === 'join') return role === 'doctor' || (role === 'guest' && !init);
  if (event === 'leave') return rooms.length > 0;
  if (ANYBODYS.includes(event)) return true;
  return role === (PATIENTS.includes(event) ? 'patient' : 'doctor');
}

const namespaceAt = (index: number): string => nth(NAMESPACES, index) ?? '';

/** The `index`th, counted round and round; undefined of none. */
function nth<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(1, list.length)];
}
