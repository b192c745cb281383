import type { Role } from '@telemedicine-signaling/protocol';
import { describe, expect, it } from 'vitest';
import { mayReach, newSession } from './session.ts';

/** A client of `desk`, or of another namespace, in these rooms. */
function client(role: Role, rooms: string[] = [], namespaceId = 'desk') {
  const session = newSession({ id: `${role} ${rooms}`, namespaceId, role, atDesk: false });
  for (const room of rooms) session.rooms.add(room);
  return session;
}

const doctor = client('doctor');
const patient = client('patient', ['a']);

describe('who reaches whom', () => {
  it.each([
    ['patient and guest of one room', patient, client('guest', ['a'])],
    ['two of whose rooms one is the same', client('guest', ['b', 'a']), patient],
    ['two guests of one room', client('guest', ['a', 'c']), client('guest', ['a'])],
    ['a doctor and a patient who waits', doctor, patient],
    ['a doctor and a guest in any room', doctor, client('guest', ['z'])],
    ['two doctors', doctor, client('doctor', ['b'])],
  ])('RELAY-2 %s', (_who, one, other) => {
    expect(mayReach(one, other)).toBe(true);
    expect(mayReach(other, one)).toBe(true);
  });

  it.each([
    ['two patients', patient, client('patient', ['b'])],
    ['a patient and a guest of another room', patient, client('guest', ['b'])],
    ['two who are in no room', client('guest'), client('patient')],
    ['a doctor and somebody who is in no room', doctor, client('guest')],
    ['a doctor and a patient of another namespace', doctor, client('patient', ['a'], 'other')],
    ['doctors of two namespaces', doctor, client('doctor', [], 'other')],
    ['rooms of one name in two namespaces', patient, client('guest', ['a'], 'other')],
    ['a service and a patient', client('service'), patient],
  ])('RELAY-2 not %s', (_who, one, other) => {
    expect(mayReach(one, other)).toBe(false);
    expect(mayReach(other, one)).toBe(false);
  });
});
