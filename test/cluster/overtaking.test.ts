import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ServerNode } from '../model/node.ts';
import { doctorAndPatient, Nodes, Person } from './nodes.ts';

let nodes: Nodes;

beforeEach(async () => {
  nodes = await Nodes.open();
});
afterEach(() => nodes.clear());

/** A doctor at one node and a patient at another, whom the doctor's node knows to be there. */
async function knownApart(one: ServerNode, two: ServerNode) {
  const people = await doctorAndPatient(one, two);
  expect(await people.doctor.tell(people.patient, 1)).toMatchObject({ delivered: 'now' });
  return people;
}

/** What was asked has been answered, be the answer held up. */
const taken = (node: ServerNode, questions: number) =>
  expect.poll(() => node.bus?.counts.asked).toBe(questions);

const asked = (node: ServerNode): number => node.bus?.counts.asked ?? 0;

it('RELAY-5 what finds the peer gone from another node is not overtaken by what finds it here', async () => {
  const [one, two] = [await nodes.start(), await nodes.start()];
  const { doctor, patient } = await knownApart(one, two);
  const arrive = one.bus?.hold('handOver');
  const letKnow = one.bus?.hold('relay');
  const before = asked(one);
  patient.socket.disconnect();
  const back = new Person(one, patient);
  await expect.poll(() => two.directory.get(patient.id)).toBeUndefined();
  const second = doctor.tell(patient, 2);
  await taken(one, before + 2);
  arrive?.();
  await back.ready();
  const third = doctor.tell(patient, 3);
  letKnow?.();
  const now = { status: 'ok', delivered: 'now' };
  expect([await second, await third]).toEqual([now, now]);
  expect(back.numbers).toEqual([2, 3]);
});

it('RELAY-5 nor by what is sent after it once it was heard of from a third node', async () => {
  const [one, two, three] = [await nodes.start(), await nodes.start(), await nodes.start()];
  const { doctor, patient } = await knownApart(one, two);
  const letKnow = one.bus?.hold('relay');
  patient.socket.disconnect();
  const back = await new Person(three, patient).ready();
  const before = asked(one);
  const second = doctor.tell(patient, 2);
  await taken(one, before + 1);
  expect(await back.tell(doctor, 0)).toMatchObject({ delivered: 'now' });
  const third = doctor.tell(patient, 3);
  letKnow?.();
  const now = { status: 'ok', delivered: 'now' };
  expect([await second, await third]).toEqual([now, now]);
  expect(back.numbers).toEqual([2, 3]);
});

it('RELAY-5 nor by what is known first to have found its node gone', async () => {
  const [one, two, three] = [await nodes.start(), await nodes.start(), await nodes.start()];
  const { doctor, patient } = await knownApart(one, two);
  patient.socket.disconnect();
  const back = await new Person(three, patient).ready();
  const letKnow = one.bus?.hold('relay');
  const before = asked(one);
  const askedInAll = one.bus?.asked ?? 0;
  const second = doctor.tell(patient, 2);
  await taken(one, before + 1);
  two.kill();
  const third = doctor.tell(patient, 3);
  await expect.poll(() => one.bus?.asked).toBe(askedInAll + 2);
  // By the turn of this that would have been taken.
  await back.say('ready', { camera: true, microphone: true });
  letKnow?.();
  const now = { status: 'ok', delivered: 'now' };
  expect([await second, await third]).toEqual([now, now]);
  expect(back.numbers).toEqual([2, 3]);
});

it('ROOM-5 CLUSTER-1 a doctor’s call is acknowledged before the patient answers it, be another node slow to hear of it', async () => {
  const [one, two] = [await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, one);
  const next = await new Person(two).ready();
  await next.say('create', { 'room-id': 'r-2' });
  const order: string[] = [];
  doctor.onHear = (event) => {
    if (event === 'ack-doctor-entered') order.push(event);
  };
  patient.onHear = (event) => {
    if (event !== 'doctor-entered') return;
    setImmediate(() => patient.say('ack-doctor-entered', { 'client-id': doctor.id }));
  };
  const goOn = one.bus?.hold('carryOut');
  const before = asked(one);
  const called = doctor.say('call-next', {}).then(() => order.push('acknowledged'));
  await taken(one, before + 1);
  // What is relayed at once comes after what the patient would have said by now.
  await patient.say('send-metadata', { 'peer-id': doctor.id });
  goOn?.();
  await called;
  await expect.poll(() => order).toEqual(['acknowledged', 'ack-doctor-entered']);
});
