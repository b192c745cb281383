import { expect } from 'vitest';
import type { ConnectOptions, TestClient } from './clients.ts';
import { freshRoom, granted } from './practice.ts';

/** Nodes that are one server, and a way to connect to each. */
interface Nodes {
  readonly nodes: readonly { readonly url: string }[];
  connectTo(url: string, namespaceId: string, options?: ConnectOptions): TestClient;
}

let count = 0;

/** A doctor and a patient in consultation in a fresh namespace, each at the node of this number. */
export async function consultation(
  service: Nodes,
  doctorAt: number,
  patientAt: number,
  namespaceId = `spread-${++count}`,
) {
  const room = freshRoom();
  await fetch(`${service.nodes[0]?.url}/create-namespace?namespaceId=${namespaceId}`);
  const at = (node: number, auth: Record<string, unknown> = {}): Promise<TestClient> =>
    service.connectTo(service.nodes[node]?.url ?? '', namespaceId, { auth }).ready();
  const doctor = await at(doctorAt);
  const patient = await at(patientAt);
  await granted(doctor.say('doctor-joined', {}));
  await granted(patient.say('create', { 'room-id': room }));
  await granted(doctor.say('join', { 'room-id': room }));
  await patient.first('room-joined');
  const resume = (client: TestClient, node: number): Promise<TestClient> =>
    at(node, { resume: client.welcome['resume-token'] });
  return { namespaceId, room, doctor, patient, at, resume };
}

/** Both hear what the other says. */
export async function talk(one: TestClient, other: TestClient, n: number): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    expect(await from.say('offer', { 'peer-id': to.id, n })).toEqual({
      status: 'ok',
      delivered: 'now',
    });
    expect(await to.first('offer', (data) => data.n === n)).toMatchObject({ from: from.id });
  }
}
