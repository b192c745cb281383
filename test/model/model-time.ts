import { isWaiting, type Model, type ModelClient, others } from './model.ts';
import { stepOut } from './model-rooms.ts';
import { RULES } from './rules.ts';

interface Arrival {
  socket: string;
  namespaceId: string;
  /** Where the resume token came from that it brings. */
  tokenFrom: string | undefined;
  /** Whether the client heard `welcome`, and the server that it did. */
  isHeardFrom: boolean;
  /** It was told where to go instead: the client may have arrived there at the same time. */
  wasSentOn: boolean;
}

/** A connection arrives: as the client that was told the resume token it brings, or as a new one. */
export function arrive(model: Model, arrival: Arrival): void {
  const { socket, namespaceId, tokenFrom, isHeardFrom, wasSentOn } = arrival;
  if (!model.namespaces.has(namespaceId)) return;
  if (isElsewhere(model, namespaceId, tokenFrom, wasSentOn)) return;
  const known = clientByToken(model, namespaceId, tokenFrom);
  const client: ModelClient = known ?? {
    id: socket,
    namespaceId,
    role: 'guest',
    socket,
    lastSocket: socket,
    tokenFrom: socket,
    formerTokenFrom: null,
    isHeardFrom,
    leaseUntil: Number.POSITIVE_INFINITY,
    told: new Map(),
    relayed: new Map(),
    perhapsRelayed: new Set(),
    mayHaveMissed: false,
  };
  client.socket = socket;
  client.lastSocket = socket;
  client.formerTokenFrom = known === undefined ? null : (tokenFrom ?? null);
  client.tokenFrom = socket;
  client.isHeardFrom = isHeardFrom;
  client.leaseUntil = Number.POSITIVE_INFINITY;
  model.clients.set(client.id, client);
  model.everyone.set(client.id, client);
  model.clientOf.set(socket, client.id);
  if (known === undefined) return;
  tellAttendance(model, client, 'client-reconnected');
  for (const room of model.roomsOf(client.id)) {
    for (const id of others(room, client.id)) {
      if (model.isLost(id)) model.tell([client.id], room.id, `client-disconnected ${id}`);
    }
  }
}

/** RESUME-3: the token before the last is good until its successor is known to have arrived. */
function clientByToken(
  model: Model,
  namespaceId: string,
  tokenFrom: string | undefined,
): ModelClient | undefined {
  const client = tokenFrom === undefined ? undefined : model.speaker(tokenFrom);
  if (client === undefined || client.namespaceId !== namespaceId) return undefined;
  const isGood =
    client.tokenFrom === tokenFrom || (client.formerTokenFrom === tokenFrom && !client.isHeardFrom);
  return isGood ? client : undefined;
}

/** DESK-7: whoever was transferred from here and did not hear of it is sent on. */
function isElsewhere(
  model: Model,
  namespaceId: string,
  tokenFrom: string | undefined,
  wasSentOn: boolean,
): boolean {
  const client = tokenFrom === undefined ? undefined : model.speaker(tokenFrom);
  if (client === undefined || client.namespaceId === namespaceId) return false;
  return wasSentOn || client.formerTokenFrom === tokenFrom;
}

/** RESUME-1. Nothing is lost with a connection that its client had left behind already. */
export function depart(model: Model, socket: string): void {
  const client = model.speaker(socket);
  if (client === undefined || client.socket !== socket) return;
  client.socket = null;
  if (client.isHeardFrom) client.formerTokenFrom = null;
  client.leaseUntil = model.now + RULES.windowMs;
  tellAttendance(model, client, 'client-disconnected');
}

function tellAttendance(
  model: Model,
  client: ModelClient,
  event: string,
  except: readonly string[] = [],
): void {
  for (const room of model.roomsOf(client.id)) {
    const concernsDoctors = isWaiting(room) && room.patient === client.id;
    const doctors = concernsDoctors ? model.doctorsOf(client.namespaceId) : [];
    const told = [...others(room, client.id), ...doctors].filter((id) => !except.includes(id));
    model.tell(told, room.id, `${event} ${client.id}`);
  }
}

/**
 * RESUME-8: nobody is connected any more, and everybody has a whole window. What a half-open connection
 * had swallowed was in the memory of the process that is gone.
 */
export function restart(model: Model, hadSwallowed: (client: ModelClient) => boolean): void {
  for (const client of model.clients.values()) {
    client.isHeardFrom = false;
    if (hadSwallowed(client)) client.mayHaveMissed = true;
    client.socket = null;
    client.leaseUntil = model.now + RULES.windowMs;
  }
}

/** A node has died, and with its memory what it knew of these clients. */
export function nodeDies(
  clients: readonly ModelClient[],
  hadSwallowed: (client: ModelClient) => boolean,
): void {
  for (const client of clients) {
    client.isHeardFrom = false;
    if (hadSwallowed(client)) client.mayHaveMissed = true;
  }
}

/**
 * CLUSTER-6: those of a dead node who have not come back are lost, and have a whole window. Who is lost as
 * well learns at the return who else is missing.
 */
export function takenOn(model: Model, clients: readonly ModelClient[]): void {
  const were = clients.filter(({ id }) => !model.isLost(id));
  for (const client of clients) {
    client.socket = null;
    client.leaseUntil = model.now + RULES.windowMs;
  }
  const ids = clients.map(({ id }) => id);
  for (const client of were) tellAttendance(model, client, 'client-disconnected', ids);
}

/**
 * Time has passed and what ran out has ended. The specification does not say which of several windows
 * that end together does first, nor of one client's rooms: `order` is what the server took.
 */
export function sweep(model: Model, order: { clients: string[]; rooms: string[] }): void {
  const ended = [...model.clients.values()].filter(({ leaseUntil }) => leaseUntil <= model.now);
  ended.sort((a, b) => a.leaseUntil - b.leaseUntil || by(order.clients)(a, b));
  for (const client of ended) windowEnds(model, client, order.rooms);
  for (const room of model.rooms.values()) {
    if (room.state === 'knocking' && room.knockUntil <= model.now) waitsOn(model, room.id);
  }
  for (const room of model.rooms.values()) {
    const isUnused = room.state === 'open' && room.madeAt < model.now - RULES.roomMs;
    if (isUnused) model.endRoom(room, 'expired', null);
  }
  for (const room of [...model.rooms.values()]) {
    const isForgotten = room.state === 'ended' && room.endedAt < model.now - RULES.roomMs;
    if (isForgotten) model.rooms.delete(room.id);
  }
}

const by = (order: string[]) => (a: { id: string }, b: { id: string }) =>
  order.indexOf(a.id) - order.indexOf(b.id);

/** RESUME-7. */
function windowEnds(model: Model, client: ModelClient, order: string[]): void {
  for (const room of model.roomsOf(client.id).sort(by(order))) {
    if (room.patient !== client.id) stepOut(model, room, client.id);
    else if (isWaiting(room)) {
      const name = model.nameOfPatient(room);
      model.tell(model.doctorsOf(client.namespaceId), room.id, `patient-remove ${name}`);
      model.endRoom(room, 'abandoned', null);
    } else model.endRoom(room, 'lost', null);
  }
  for (const room of model.liveRooms(client.namespaceId)) {
    if (room.state === 'knocking' && room.claimedBy === client.id) waitsOn(model, room.id);
  }
  model.clients.delete(client.id);
}

/** ROOM-11: in the same place. */
function waitsOn(model: Model, roomId: string): void {
  const room = model.rooms.get(roomId);
  if (room === undefined) return;
  model.tell(others(room, room.claimedBy ?? ''), room.id, `returned-to-queue ${room.claimedBy}`);
  room.state = 'waiting';
  room.claimedBy = null;
  room.knockUntil = Number.POSITIVE_INFINITY;
}

export function removeNamespace(model: Model, namespaceId: string): void {
  if (!model.namespaces.delete(namespaceId)) return;
  for (const room of model.liveRooms(namespaceId)) {
    model.tell(room.members, room.id, 'room-ended namespace-removed ');
    room.state = 'ended';
    room.claimedBy = null;
    room.endedAt = model.now;
  }
  const everyone = model.everyoneIn(namespaceId);
  model.tell(everyone, '', 'namespace-removed');
  for (const id of everyone) model.clients.delete(id);
}
