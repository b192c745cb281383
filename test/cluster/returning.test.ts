import { afterEach, beforeEach, expect, it } from 'vitest';
import { doctorAndPatient, NAMESPACE, Nodes, Person } from './nodes.ts';

let nodes: Nodes;

beforeEach(async () => {
  nodes = await Nodes.open();
});
afterEach(() => nodes.clear());

const NOW = { status: 'ok', delivered: 'now' };
const LATER = { status: 'error', code: 'store-unavailable', retry: true };

/** What its listener is told, as the bus of a node tells it. */
const told = ({ neighbourhood }: Nodes, name: string) => {
  const listener = neighbourhood.bus.get(name);
  if (listener === undefined) throw new Error('this node does not listen');
  return listener;
};

it('CLUSTER-3 a node that counted as dead and came home before it was struck out keeps its places', async () => {
  const [one, two] = [await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, two);
  const goOn = one.bus?.hold('giveBack');
  const before = one.bus?.asked ?? 0;
  await two.lapse();
  // This one finds out that the other is dead, and is busy in the namespace first.
  told(nodes, one.name).missed();
  await expect.poll(() => one.bus?.asked).toBe(before + 1);
  const home = two.beat();
  await expect.poll(() => nodes.neighbourhood.register.turns.get(NAMESPACE)).toHaveLength(2);
  goOn?.();
  await home;
  await one.beat();
  expect(await nodes.neighbourhood.register.placesOf(two.name)).toContain(NAMESPACE);
  expect(await doctor.tell(patient, 1)).toEqual(NOW);
});

it('CLUSTER-4 CLUSTER-9 a peer is found at a node that the register does not name', async () => {
  const [one, two, three] = [await nodes.start(), await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, two);
  nodes.neighbourhood.register.placesOf(two.name).delete(NAMESPACE);
  expect(await doctor.tell(patient, 1)).toEqual(NOW);
  // Whoever may not hear is refused there, too, and nobody is asked in vain twice.
  const stranger = await new Person(three).ready();
  nodes.neighbourhood.register.placesOf(two.name).delete(NAMESPACE);
  const refused = { code: 'peer-unreachable', retry: false };
  expect(await stranger.tell(patient, 2)).toMatchObject(refused);
  expect(await stranger.say('offer', { 'peer-id': 'nobody' })).toMatchObject(refused);
  expect(patient.numbers).toEqual([1]);
});

it('CLUSTER-4 what a node that lives does not answer is neither kept nor refused', async () => {
  const [one, two] = [await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, two);
  one.bus?.silence('relay');
  expect(await doctor.tell(patient, 1)).toMatchObject(LATER);
  expect(await doctor.tell(patient, 2)).toEqual(NOW);
  patient.socket.disconnect();
  const back = await new Person(two, patient).ready();
  expect([...patient.numbers, ...back.numbers]).toEqual([2]);
});

it('CLUSTER-6 who is at a node that is too busy to say so is not lost when another node dies', async () => {
  const [one, two, three] = [await nodes.start(), await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, two);
  const victim = await new Person(three).ready();
  await victim.say('create', { 'room-id': 'r-2' });
  three.kill();
  one.bus?.silence('whoIsHere');
  await one.beat();
  expect(doctor.all('client-disconnected')).toEqual([]);
  expect(one.directory.get(patient.id)).toBeUndefined();
  await one.beat();
  const lost = { 'client-id': victim.id, 'room-id': 'r-2' };
  expect(doctor.all('client-disconnected')).toEqual([lost]);
  expect(await doctor.tell(patient, 1)).toEqual(NOW);
});

it('CLUSTER-6 nor who is at a node that lives and is cut off for a moment', async () => {
  const [one, two, three] = [await nodes.start(), await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, two);
  const victim = await new Person(three).ready();
  await victim.say('create', { 'room-id': 'r-2' });
  const cutOff = told(nodes, two.name);
  nodes.neighbourhood.bus.delete(two.name);
  three.kill();
  await one.beat();
  expect([doctor.all('client-disconnected'), one.directory.get(patient.id)]).toEqual([
    [],
    undefined,
  ]);
  nodes.neighbourhood.bus.set(two.name, cutOff);
  cutOff.back();
  await expect.poll(() => two.isHome).toBe(true);
  await one.beat();
  expect(doctor.all('client-disconnected')).toHaveLength(1);
  expect(await doctor.tell(patient, 1)).toEqual(NOW);
});

it('CLUSTER-10 a node that could not take a question in time looks at that namespace only, and is ready meanwhile', async () => {
  const [one, two] = [await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, two);
  const goOn = two.bus?.hold('giveBack');
  const before = two.bus?.asked ?? 0;
  const late = { ask: 'carryOut', namespaceId: NAMESPACE, steps: [], rooms: [] };
  told(nodes, two.name).missed({ ...late, namespaceId: 'another' });
  told(nodes, two.name).missed({ ask: 'whoIsHere', namespaceId: NAMESPACE });
  await two.beat();
  expect(two.bus?.asked).toBe(before);
  told(nodes, two.name).missed(late);
  await expect.poll(() => two.bus?.asked).toBe(before + 1);
  expect(two.isHome).toBe(true);
  goOn?.();
  await two.beat();
  expect(await doctor.tell(patient, 1)).toEqual(NOW);
});

it('CLUSTER-10 a node that hears the others again is ready when it has come home, and not before', async () => {
  const [one, two] = [await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, two);
  expect(await doctor.tell(patient, 1)).toEqual(NOW);
  const goOn = two.bus?.hold('giveBack');
  told(nodes, two.name).back();
  expect(two.isHome).toBe(false);
  // Something may have been kept for the patient meanwhile, which comes first.
  expect(await doctor.tell(patient, 2)).toMatchObject(LATER);
  goOn?.();
  await expect.poll(() => two.isHome).toBe(true);
  expect(await doctor.tell(patient, 3)).toEqual(NOW);
  expect(patient.numbers).toEqual([1, 3]);
});

it('CLUSTER-6 who was taken on by another node while its own was away is at one node afterwards', async () => {
  const [one, two] = [await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, two);
  const lost = await new Person(two).ready();
  await lost.say('create', { 'room-id': 'r-2' });
  lost.socket.disconnect();
  await expect.poll(() => doctor.all('client-disconnected')).toHaveLength(1);
  const cutOff = told(nodes, two.name);
  nodes.neighbourhood.bus.delete(two.name);
  await two.lapse();
  await one.beat();
  expect(await doctor.tell(patient, 1)).toMatchObject({ delivered: 'held' });
  nodes.neighbourhood.bus.set(two.name, cutOff);
  cutOff.back();
  await expect.poll(() => two.isHome).toBe(true);
  const at = (id: string) => [one, two].map(({ directory }) => directory.get(id) !== undefined);
  expect([at(patient.id), at(lost.id)]).toEqual([
    [false, true],
    [false, true],
  ]);
  expect(await doctor.tell(patient, 2)).toEqual(NOW);
  expect(patient.numbers).toEqual([1, 2]);
});

it('CLUSTER-3 CLUSTER-6 who was just arriving at a node that died is lost, and not forgotten', async () => {
  const [one, two] = [await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, one);
  patient.socket.disconnect();
  await expect.poll(() => doctor.all('client-disconnected')).toHaveLength(1);
  two.bus?.hold('handOver');
  new Person(two, patient);
  await expect.poll(() => one.directory.get(patient.id)).toBeUndefined();
  two.kill();
  await one.beat();
  expect(doctor.all('client-disconnected')).toHaveLength(2);
  expect(one.directory.get(patient.id)).toMatchObject({ socket: null });
  const back = await new Person(one, patient).ready();
  expect(back.id).toBe(patient.id);
});

it('DESK-7 who is lost while being transferred by a doctor at another node is told where to go, once', async () => {
  const [one, two] = [await nodes.start(), await nodes.start()];
  const { doctor, patient } = await doctorAndPatient(one, two);
  await one.makeNamespace('elsewhere', one.perform);
  const transfer = { 'room-id': 'r-1', 'to-namespace-id': 'elsewhere' };
  const moved = doctor.say('transfer', transfer);
  patient.socket.disconnect();
  expect(await moved).toMatchObject({ status: 'ok' });
  const back = new Person(two, patient);
  await expect.poll(() => back.all('transferred')).toHaveLength(1);
  const there = await new Person(one, { welcome: back.all('transferred')[0] }, 'elsewhere').ready();
  expect(there.id).toBe(patient.id);
  await there.say('ready', { camera: true, microphone: true });
  expect(there.all('transferred')).toEqual([]);
});
