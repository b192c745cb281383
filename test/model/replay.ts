import type { ErrorCode } from '@telemedicine-signaling/protocol';
import type { Job, Saying } from './job.ts';
import { type Model, type ModelClient, Refusal } from './model.ts';
import { sendOn, transferHere } from './model-desk.ts';
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
  // What could not go the short way took its turn after all.
  const direct = trial.directRelays.filter(({ saying }) => !saying.inLane);
  const relays = direct.map((relay) => ({ ...relay, verdicts: [] as Verdict[] }));
  const taken = new Map<string, number>();
  const judge = (namespaceId: string): void => {
    const count = taken.get(namespaceId) ?? 0;
    for (const relay of relays) {
      if (relay.namespaceId !== namespaceId) continue;
      // The job that had begun may or may not have taken effect when the message was relayed.
      const isThen = relay.begun <= count + 1 && count <= relay.answered;
      if (isThen) relay.verdicts.push(verdictOn(model, relay));
    }
  };
  for (const { namespaceId } of relays) judge(namespaceId);
  for (const job of jobs) {
    take(trial, job, complaints);
    taken.set(job.namespaceId, (taken.get(job.namespaceId) ?? 0) + 1);
    judge(job.namespaceId);
  }
  for (const relay of relays) settle(trial, relay, relay.verdicts, complaints);
  for (const saying of trial.sayings) mustBeAnswered(trial, saying, complaints);
  return complaints;
}

function take(trial: Trial, job: Job, complaints: Complaints): void {
  const { model } = trial;
  if (job.kind === 'arrive') {
    const isHeardFrom = trial.connections.get(job.socket)?.socket.gaveSign === true;
    const isIts = (one: Job) => one.kind === 'send-on' && one.socket === job.socket;
    const wasSentOn = trial.jobs.some(isIts);
    // A connection that was lost before its turn came leaves nothing behind.
    if (job.isConnected) arrive(model, { ...job, isHeardFrom, wasSentOn });
  } else if (job.kind === 'depart') depart(model, job.socket);
  else if (job.kind === 'say') say(trial, job.saying, complaints);
  else if (job.kind === 'transfer-here') transferHere(model, job.roomId);
  else if (job.kind === 'send-on') sendOn(model, job, wasHeard(trial, job.socket));
  else if (job.kind === 'make-namespace') model.namespaces.add(job.namespaceId);
  else if (job.kind === 'remove-namespace') removeNamespace(model, job.namespaceId);
  else if (job.namespaceId === '') model.addRoom(job.roomId, null);
  else if (model.namespaces.has(job.namespaceId)) model.addRoom(job.roomId, job.namespaceId);
}

function say(trial: Trial, saying: Saying, complaints: Complaints): void {
  const { model } = trial;
  const client = model.speaker(saying.socket);
  // Whoever was transferred, or whose namespace was removed, while this stood in the lane is not here any more.
  if (client === undefined) return;
  const { connections } = trial;
  const here = connections.get(saying.socket);
  const isHere =
    client.namespaceId === here?.socket.namespaceId &&
    // What it has left in the lane of a node that it has left does not count any more (RESUME-4).
    connections.get(client.lastSocket)?.node === here.node;
  if (!isHere) return;
  let expected: Verdict = 'ok';
  try {
    const isOnline = (id: string) => isThere(trial, model.client(id)?.socket ?? '');
    const hadSwallowed = (one: ModelClient) => trial.hadSwallowed(one);
    const sight = { ...saying.choice, isOnline, hadSwallowed };
    applyEvent(model, client, saying.event, saying.sent, sight);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    expected = error.code;
  }
  compare(saying, [expected], complaints);
}

function verdictOn(model: Model, { saying }: DirectRelay): Verdict {
  const client = model.speaker(saying.socket);
  if (client === undefined) return 'peer-unreachable';
  return relayRefusal(model, client, saying.event, saying.sent) ?? 'ok';
}

function settle(
  { model }: Trial,
  { saying }: DirectRelay,
  verdicts: Verdict[],
  complaints: Complaints,
): void {
  compare(saying, verdicts, complaints);
  const peer = model.everyone.get(addressee(saying.sent));
  const sender = model.clientOf.get(saying.socket);
  if (peer === undefined || sender === undefined) return;
  const n = saying.sent.n ?? 0;
  if (saying.answer?.status === 'ok') noteRelayed(peer, sender, n);
  // The sender asked for no answer, or was lost before it came.
  else if (saying.answer === undefined && verdicts.includes('ok')) peer.perhapsRelayed.add(n);
}

function compare(
  { socket, event, answer, choice }: Saying,
  expected: Verdict[],
  complaints: Complaints,
) {
  const said = answer === undefined ? choice.code : (answer.code ?? 'ok');
  if (said === undefined || expected.includes(said)) return;
  complaints.push(`${socket} was answered ${said} to ${event}, expected ${expected.join(' or ')}`);
}

/** IN-1: who asks and is there is answered; who does not ask hears of a refusal. */
function mustBeAnswered(trial: Trial, saying: Saying, complaints: Complaints): void {
  const { socket, event, asks, answer, choice } = saying;
  if (!isThere(trial, socket)) return;
  const isTold = ({ socket: at, event: name, data }: Trial['heard'][number]) =>
    at === socket &&
    name === 'signaling-error' &&
    data.event === event &&
    data.code === choice.code;
  const isAnswered = asks
    ? answer !== undefined
    : choice.code === undefined || trial.heard.some(isTold);
  if (!isAnswered) complaints.push(`${socket} was not answered to ${event}`);
}

/** Whether the page that was sent on over this connection heard where to. */
const wasHeard = ({ heard }: Trial, at: string): boolean =>
  heard.some(({ socket, event }) => socket === at && event === 'transferred');

function isThere({ connections }: Trial, socket: string): boolean {
  const connection = connections.get(socket)?.socket;
  return connection?.connected === true && !connection.isDeaf;
}
