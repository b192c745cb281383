import type { Answer, TestClient } from './clients.ts';
import { granted } from './practice.ts';
import type { Service } from './service.ts';

export const transfer = (doctor: TestClient, roomId: string, to: string): Promise<Answer> =>
  doctor.say('transfer', { 'room-id': roomId, 'to-namespace-id': to });

/** The doctor sends the patient away, whose connection ends. */
export async function sendAway(
  doctor: TestClient,
  patient: TestClient,
  roomId: string,
  to: string,
): Promise<void> {
  await granted(transfer(doctor, roomId, to));
  await patient.ended();
}

/** The patient comes over, as its page does that has heard `transferred`; `auth`: what it brings besides. */
export async function comeOver(
  service: Service,
  client: TestClient,
  auth: Record<string, unknown> = {},
): Promise<TestClient> {
  const told = await client.first('transferred');
  return service.join(told['to-namespace-id'], {
    auth: { ...auth, resume: told['resume-token'] },
  });
}

interface Queue {
  waiting?: Record<string, unknown>[];
}

export const roomsIn = (queue: Queue | undefined): unknown[] | undefined =>
  queue?.waiting?.map((entry) => entry['room-id']);

/** The waiting room as a doctor finds it who comes now. */
export async function queueIn(
  service: Service,
  namespaceId: string,
): Promise<Record<string, unknown>[]> {
  const doctor = await service.doctor(namespaceId);
  return doctor.all('queue')[0]?.waiting;
}
