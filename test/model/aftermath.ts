import type { Job } from './job.ts';
import type { Model } from './model.ts';
import { type Complaints, replay } from './replay.ts';
import { NAMESPACES } from './rules.ts';
import type { Trial } from './trial.ts';

/** What is known of each room, client and namespace, in words that can be compared. */
type Picture = Map<string, string>;

/**
 * What a killed server left that it should not have: everything that it had finished is in the store,
 * and of what it was at, each room and each client is as before, or as after one of the jobs: the next begins
 * while the last is being written into the audit trail.
 */
export async function damage(trial: Trial): Promise<Complaints> {
  const begun = trial.jobs;
  trial.directRelays = [];
  const isFinished = (job: Job) => trial.finished.has(job);
  trial.jobs = begun.filter(isFinished);
  const complaints = replay(trial);
  const pictures = [picture(trial.model)];
  for (const job of begun.filter((one) => !isFinished(one))) {
    trial.jobs = [job];
    replay(trial);
    pictures.push(picture(trial.model));
  }
  const found = await storedPicture(trial);
  for (const what of new Set([...pictures, found].flatMap((one) => [...one.keys()]))) {
    const stored = found.get(what);
    const right = pictures.map((one) => one.get(what));
    // A room that was new is made first and entered then.
    const isHalfMade = stored?.endsWith('open') && right.includes(undefined);
    if (right.includes(stored) || isHalfMade) continue;
    const expected = right.join(' or ');
    complaints.push(`after the kill ${what} is ${stored}; expected ${expected}`);
  }
  return complaints;
}

function picture(model: Model): Picture {
  const seen: Picture = new Map();
  for (const id of model.namespaces) seen.set(`namespace ${id}`, 'there');
  for (const one of model.clients.values()) {
    seen.set(`client ${one.id}`, `${one.role} in ${one.namespaceId}`);
  }
  for (const room of model.rooms.values()) {
    const { id, namespaceId, state, claimedBy, urgent, patientId } = room;
    const members = [...room.members].sort();
    const details = [namespaceId, claimedBy, urgent, patientId, members, state].join(' ');
    seen.set(`room ${id}`, state === 'ended' ? state : details);
  }
  return seen;
}

async function storedPicture({ store, model }: Trial): Promise<Picture> {
  const seen: Picture = new Map();
  for (const namespaceId of NAMESPACES) {
    if (await store.hasNamespace(namespaceId)) seen.set(`namespace ${namespaceId}`, 'there');
    for (const one of await store.clientsOf(namespaceId)) {
      seen.set(`client ${one.id}`, `${one.role} in ${one.namespaceId}`);
    }
  }
  for (const id of model.rooms.keys()) {
    const room = await store.findRoom(id);
    if (room === undefined) continue;
    const { namespaceId, state, claimedBy, urgent, patientId } = room;
    const members = room.members.map(({ clientId }) => clientId).sort();
    const details = [namespaceId, claimedBy, urgent, patientId, members, state].join(' ');
    seen.set(`room ${id}`, state === 'ended' ? state : details);
  }
  return seen;
}

/** When nobody comes back after the kill, nothing is left of anybody. */
export async function remains({ store, model }: Trial): Promise<Complaints> {
  const left: Complaints = [];
  for (const namespaceId of NAMESPACES) {
    for (const { id } of await store.clientsOf(namespaceId)) left.push(`client ${id} is left`);
    for (const { id } of await store.waitingRooms(namespaceId)) left.push(`room ${id} is left`);
  }
  for (const id of model.rooms.keys()) {
    const room = await store.findRoom(id);
    if (room !== undefined) left.push(`room ${id} is left, ${room.state}`);
  }
  return left;
}
