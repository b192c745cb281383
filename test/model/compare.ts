import { isDeepStrictEqual } from 'node:util';
import { wrongRecords } from './compare-records.ts';
import type { Heard } from './fake-socket.ts';
import { isWaiting, type Model, type ModelClient, type ModelRoom } from './model.ts';
import { isRelay } from './model-events.ts';
import type { Complaints } from './replay.ts';
import { NAMESPACES } from './rules.ts';
import type { Trial } from './trial.ts';

/** What only tells how things stand, or ends a connection: compared with how things stand. */
const STATE = ['welcome', 'queue', 'queue-position', 'doctor-online', 'superseded'];

/** Everything in which the server, its store and its clients differ from the model. */
export async function differences(trial: Trial): Promise<Complaints> {
  return [
    ...wrongStreams(trial),
    ...wrongRelays(trial),
    ...wrongViews(trial),
    ...(await wrongStore(trial)),
    ...(await wrongMemory(trial)),
    ...(await wrongRecords(trial)),
  ];
}

/** WHO-1, and that nothing is lost or doubled: each heard of each room what it had to, in order. */
function wrongStreams(trial: Trial): Complaints {
  const { model, heard } = trial;
  const streams = new Map<string, Map<string, string[]>>();
  for (const { socket, event, data } of heard) {
    if (STATE.includes(event) || isRelay(event)) continue;
    // An answer; or a connection whose namespace was removed while it was on its way: nobody's.
    if (event === 'signaling-error') continue;
    const id = model.clientOf.get(socket) ?? socket;
    const ofClient = streams.get(id) ?? new Map<string, string[]>();
    const room = event.endsWith('-ended') && event !== 'room-ended' ? '' : roomOf(data);
    ofClient.set(room, [...(ofClient.get(room) ?? []), inWords(event, data)]);
    streams.set(id, ofClient);
  }
  const complaints: Complaints = [];
  for (const id of new Set([...streams.keys(), ...model.everyone.keys()])) {
    const client = model.everyone.get(id);
    const told = client?.told ?? new Map<string, string[]>();
    const got = streams.get(id) ?? new Map<string, string[]>();
    for (const room of new Set([...told.keys(), ...got.keys()])) {
      const hadTo = told.get(room) ?? [];
      const did = got.get(room) ?? [];
      if (fits(did, hadTo, reach(trial, client))) continue;
      complaints.push(
        `${id} heard of ${room}: ${did.join(', ')}; had to hear: ${hadTo.join(', ')}`,
      );
    }
  }
  return complaints;
}

type Reach = 'all' | 'part' | 'any';

/** Whoever is online has heard all; whoever is lost, as much as came before. */
function fits(did: unknown[], hadTo: unknown[], reach: Reach): boolean {
  if (reach === 'any') return did.every((one) => hadTo.includes(one));
  return isDeepStrictEqual(did, reach === 'all' ? hadTo : hadTo.slice(0, did.length));
}

function reach({ model, connections }: Trial, client: ModelClient | undefined): Reach {
  if (client?.mayHaveMissed) return 'any';
  if (client === undefined || model.clients.get(client.id) !== client) return 'part';
  return connections.get(client.socket ?? '')?.socket.isDeaf === false ? 'all' : 'part';
}

/** RELAY-5, RESUME-5: every message once, in the order in which its sender sent them. */
function wrongRelays(trial: Trial): Complaints {
  const { model, heard } = trial;
  const got = new Map<string, number[]>();
  for (const { socket, event, data } of heard) {
    if (!isRelay(event)) continue;
    const client = model.everyone.get(model.clientOf.get(socket) ?? '');
    if (client?.perhapsRelayed.has(data.n as number)) continue;
    const way = `${data.from} to ${client?.id}`;
    got.set(way, [...(got.get(way) ?? []), data.n as number]);
  }
  const complaints: Complaints = [];
  for (const client of model.everyone.values()) {
    for (const [from, numbers] of client.relayed) {
      const way = `${from} to ${client.id}`;
      const hadTo = numbers.sort((a, b) => a - b);
      const did = got.get(way) ?? [];
      got.delete(way);
      if (fits(did, hadTo, reach(trial, client))) continue;
      complaints.push(`relayed from ${way}: ${did}; had to be: ${hadTo}`);
    }
  }
  for (const [way, numbers] of got)
    complaints.push(`relayed from ${way}: ${numbers}; had to be: none`);
  return complaints;
}

/** QUEUE-1, QUEUE-2, QUEUE-4: what the pages show is what there is. */
function wrongViews({ model, heard, connections }: Trial): Complaints {
  const last = new Map<string, Heard>();
  for (const { socket, event, data } of heard) last.set(`${socket} ${event}`, data);
  const complaints: Complaints = [];
  for (const { socket } of connections.values()) {
    const isIts = model.speaker(socket.id)?.socket === socket.id;
    if (socket.connected !== isIts) complaints.push(`${socket.id} connected: ${socket.connected}`);
  }
  for (const client of model.clients.values()) {
    if (connections.get(client.socket ?? '')?.socket.isDeaf !== false) continue;
    const shown = (event: string) => last.get(`${client.socket} ${event}`);
    if (client.role === 'doctor') {
      const queue = (shown('queue')?.waiting as Heard[] | undefined)?.map(
        (one) => `${one['room-id']} ${one['client-id']} ${one.state} ${one.connected}`,
      );
      const line = model.line(client.namespaceId).map((room) => entry(model, room));
      if (!isDeepStrictEqual(queue, line)) {
        complaints.push(`${client.id} sees the queue ${queue}; it is ${line}`);
      }
    }
    for (const room of model.roomsOf(client.id)) {
      if (room.patient !== client.id || !isWaiting(room)) continue;
      const position = shown('queue-position');
      const place = model.line(client.namespaceId).indexOf(room) + 1;
      if (position?.['room-id'] !== room.id || position.position !== place) {
        complaints.push(
          `${client.id} sees itself at ${JSON.stringify(position)}; it is at ${place}`,
        );
      }
      const online = model.doctorsOf(client.namespaceId).length > 0;
      const seen = shown('doctor-online')?.online;
      if (seen !== online)
        complaints.push(`${client.id} sees a doctor online: ${seen}; is: ${online}`);
    }
  }
  return complaints;
}

function entry(model: Model, { id, patient, state }: ModelRoom): string {
  return `${id} ${patient} ${state} ${!model.isLost(patient ?? '')}`;
}

/** No ghost and no lost patient in the store; one doctor's claim a room. */
async function wrongStore({ model, store }: Trial): Promise<Complaints> {
  const complaints: Complaints = [];
  const differ = (what: string, found: unknown, expected: unknown) => {
    if (isDeepStrictEqual(found, expected)) return;
    complaints.push(
      `stored ${what}: ${JSON.stringify(found)}; expected ${JSON.stringify(expected)}`,
    );
  };
  for (const namespaceId of NAMESPACES) {
    const waiting = await store.waitingRooms(namespaceId);
    differ(
      `queue of ${namespaceId}`,
      waiting.map(({ id }) => id),
      model.line(namespaceId).map(({ id }) => id),
    );
    for (const [ahead, room] of waiting.entries()) {
      differ(`place of ${room.id}`, await store.countAhead(room), ahead);
    }
    const clients = await store.clientsOf(namespaceId);
    differ(
      `clients of ${namespaceId}`,
      clients.map(({ id, role, leaseUntil }) => `${id} ${role} ${leaseUntil}`).sort(),
      model
        .everyoneIn(namespaceId)
        .map((id) => model.client(id))
        .map((one) => `${one?.id} ${one?.role} ${one?.socket === null ? one.leaseUntil : null}`)
        .sort(),
    );
    differ(
      `existence of ${namespaceId}`,
      await store.hasNamespace(namespaceId),
      model.namespaces.has(namespaceId),
    );
  }
  for (const room of model.rooms.values()) {
    const stored = await store.findRoom(room.id);
    if (room.state === 'ended') {
      differ(`room ${room.id}`, stored?.state, 'ended');
      continue;
    }
    const { namespaceId, state, claimedBy, patientId } = room;
    differ(
      `room ${room.id}`,
      stored && {
        namespaceId: stored.namespaceId,
        state: stored.state,
        claimedBy: stored.claimedBy,
        patientId: stored.patientId,
        members: stored.members.map((one) => one.clientId).sort(),
      },
      { namespaceId, state, claimedBy, patientId, members: [...room.members].sort() },
    );
  }
  return complaints;
}

/** What the processes remember is what the store holds, each client once. */
async function wrongMemory({ model, nodes, connections }: Trial): Promise<Complaints> {
  const complaints: Complaints = [];
  for (const namespaceId of NAMESPACES) {
    // After a restart the first who does something there finds who was there before.
    for (const { perform } of nodes) {
      await perform(namespaceId, async () => ({ reply: {}, steps: [] }));
    }
    const found = nodes.flatMap(({ directory }) =>
      [...directory.everyoneIn(namespaceId)].map(
        (one) =>
          `${one.id} ${one.role} ${one.socket?.id} ${[...one.rooms].sort()} ${directory.get(one.id) === one}`,
      ),
    );
    const expected = model.everyoneIn(namespaceId).map((id) => {
      const client = model.client(id);
      const rooms = model.roomsOf(id).map((room) => room.id);
      const socket = connections.get(client?.socket ?? '')?.socket;
      return `${id} ${client?.role} ${socket?.id} ${rooms.sort()} true`;
    });
    if (!isDeepStrictEqual(found.sort(), expected.sort())) {
      complaints.push(`in memory: ${found.join('; ')}; expected ${expected.join('; ')}`);
    }
    const doctors = nodes
      .flatMap(({ directory }) => [...directory.doctorsOf(namespaceId)].map(({ id }) => id))
      .sort();
    if (!isDeepStrictEqual(doctors, model.doctorsOf(namespaceId).sort())) {
      complaints.push(`doctors in memory of ${namespaceId}: ${doctors}`);
    }
  }
  return complaints;
}

const roomOf = (data: Heard): string => (data['room-id'] ?? data.roomID ?? '') as string;

/** An event as the model words it. */
function inWords(event: string, data: Heard): string {
  if (event === 'room-ended') return `${event} ${data.reason} ${data.by ?? ''}`;
  if (event === 'patient-remove') return `${event} ${data.patientID}`;
  if (event === 'doctor-ended' || event === 'patient-ended') {
    return `${event} ${data.patientID} ${data.from}`;
  }
  if (event.startsWith('client-')) return `${event} ${data['client-id']}`;
  if (event === 'transferred') return `${event} ${data['client-id']}`;
  if (event === 'answered-elsewhere' || event === 'namespace-removed') return event;
  // WHO-2: where both are there, both are true.
  const { from, 'client-id': clientId = from } = data;
  return `${event} ${from === clientId ? from : `${from} for ${clientId}`}`;
}
