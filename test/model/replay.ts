import type { ErrorCode } from '@telemedicine-signaling/protocol';
import type { Job, Saying } from './job.ts';
import { type Model, Refusal } from './model.ts';
import { addressee, applyEvent, noteRelayed, relayRefusal } from './model-events.ts';
import { arrive, depart, removeNamespace } from './model-time.ts';
import type { DirectRelay, Trial } from './trial.ts';

type Verdict = ErrorCode | 'ok';

/** What was answered otherwise than the model has it. */
export type Complaints = string[];

/** Lets the model do what the server did, in the order in which the server took it. */
export function replay(trial: Trial): Complaints {
  const { model, jobs } = trial;
  const complaints: Complaints = [];
  const relays = trial.directRelays.map((relay) => ({ ...relay, verdicts: [] as Verdict[] }));
  const taken = new Map<string, number>();
  const judge = (namespaceId: string): void => {
    const count = taken.get(namespaceId) ?? 0;
    for (const relay of relays) {
      if (relay.namespaceId !== namespaceId) continue;
      // The job that had begun may or may not have taken effect when the message was relayed.
      if (relay.begun === count || relay.begun === count + 1)
        relay.verdicts.push(verdictOn(model, relay));
    }
  };
  for (const { namespaceId } of relays) judge(namespaceId);
  for (const job of jobs) {
    take(model, job, complaints, trial);
    taken.set(job.namespaceId, (taken.get(job.namespaceId) ?? 0) + 1);
    judge(job.namespaceId);
  }
  for (const relay of relays) settle(trial, relay, relay.verdicts, complaints);
  return complaints;
}

function take(model: Model, job: Job, complaints: Complaints, trial: Trial): void {
  if (job.kind === 'arrive') {
    // A connection that was lost before its turn came leaves nothing behind.
    if (job.isConnected) arrive(model, job.socket, job.namespaceId, job.tokenFrom);
  } else if (job.kind === 'depart') depart(model, job.socket);
  else if (job.kind === 'say') say(model, job.saying, complaints, trial);
  else if (job.kind === 'make-namespace') model.namespaces.add(job.namespaceId);
  else if (job.kind === 'remove-namespace') removeNamespace(model, job.namespaceId);
  else if (job.namespaceId === '') model.addRoom(job.roomId, null);
  else if (model.namespaces.has(job.namespaceId)) model.addRoom(job.roomId, job.namespaceId);
}

function say(model: Model, saying: Saying, complaints: Complaints, trial: Trial): void {
  const client = model.speaker(saying.socket);
  // Whose namespace was removed while this stood in the lane is nobody any more.
  if (client === undefined) return;
  let expected: Verdict = 'ok';
  try {
    applyEvent(model, client, saying.event, saying.sent);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expected = error.code;
  }
  compare(trial, saying, [expected], complaints);
}

function verdictOn(model: Model, { saying }: DirectRelay): Verdict {
  const client = model.speaker(saying.socket);
  if (client === undefined) return 'peer-unreachable';
  return relayRefusal(model, client, saying.event, saying.sent) ?? 'ok';
}

function settle(
  trial: Trial,
  { saying }: DirectRelay,
  verdicts: Verdict[],
  complaints: Complaints,
): void {
  compare(trial, saying, verdicts, complaints);
  const peer = trial.model.everyone.get(addressee(saying.sent));
  const sender = trial.model.clientOf.get(saying.socket);
  if (peer === undefined || sender === undefined) return;
  const n = saying.sent.n ?? 0;
  if (saying.answer?.status === 'ok') noteRelayed(peer, sender, n);
  // The sender was lost before it could be told.
  else if (saying.answer === undefined && verdicts.includes('ok')) peer.perhapsRelayed.add(n);
}

function compare(
  trial: Trial,
  { socket, event, answer }: Saying,
  expected: Verdict[],
  complaints: Complaints,
): void {
  const isThere = trial.connections.get(socket)?.socket.connected === true;
  if (answer === undefined) {
    if (isThere) complaints.push(`${socket} was not answered to ${event}`);
    return;
  }
  const said = answer.code ?? 'ok';
  if (expected.includes(said)) return;
  complaints.push(`${socket} was answered ${said} to ${event}, expected ${expected.join(' or ')}`);
}
