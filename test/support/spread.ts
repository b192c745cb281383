import { expect } from 'vitest';
import type { TestClient } from './clients.ts';
import { freshRoom, granted } from './practice.ts';
import type { Service } from './service.ts';

let count = 0;

/** A doctor and a patient in consultation in a fresh namespace, each at the node of this number. */
export async function consultation(service: Service, doctorAt: number, patientAt: number) {
  count += 1;
  const namespaceId = `spread-${count}`;
  const room = freshRoom();
  await service.call('create-namespace', { namespaceId });
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
