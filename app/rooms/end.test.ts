import type { Role } from '@telemedicine-signaling/protocol';
import { describe, expect, it } from 'vitest';
import { aRoom } from '../data/contract/fixtures.contract.ts';
import { ended, endSteps } from './end.ts';

const member = (clientId: string, role: Role) => ({ clientId, role });
const patient = member('p', 'patient');
const guest = member('g', 'guest');
const doctor = member('d', 'doctor');

const told = (room: ReturnType<typeof aRoom>) =>
  endSteps(room, 'lost', null).flatMap((step) =>
    'to' in step && step.event === 'room-ended' ? [step.to] : [],
  );

describe('who hears of an end', () => {
  it('ROOM-8 the members; of a room in the waiting room the doctors too, once each', () => {
    const talking = aRoom({ state: 'in-consultation', members: [patient, guest, doctor] });
    expect(told(talking)).toEqual([{ clients: ['p', 'g', 'd'] }]);
    const waiting = aRoom({ state: 'knocking', members: [patient, guest, doctor] });
    expect(told(waiting)).toEqual([{ clients: ['p', 'g'] }, { doctorsOf: 'desk' }]);
  });

  it('ROOM-8 then nobody is a member any more', () => {
    const steps = endSteps(aRoom({ state: 'waiting', members: [patient, guest] }), 'lost', null);
    const leaves = steps.filter((step) => 'leave' in step);
    expect(leaves).toEqual([{ leave: 'room', clients: ['p', 'g'] }]);
    const lastWord = steps.findLastIndex((step) => 'to' in step);
    expect(steps.findIndex((step) => 'leave' in step)).toBeGreaterThan(lastWord);
  });
});

it('ROOM-8 a claim and a knock end with their room, and a room ends once', () => {
  const room = aRoom({ state: 'knocking', claimedBy: 'd', knockUntil: 7 });
  const over = ended(room, 'rejected', 'doctor');
  expect(over).toMatchObject({
    state: 'ended',
    claimedBy: null,
    knockUntil: null,
    endReason: 'rejected',
    endedBy: 'doctor',
  });
  expect(() => ended(over, 'lost', null)).toThrow(expect.objectContaining({ code: 'room-ended' }));
});
