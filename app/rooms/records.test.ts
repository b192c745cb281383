import { describe, expect, it } from 'vitest';
import { aRoom, NOW } from '../data/contract/fixtures.contract.ts';
import type { Room } from '../data/session-data.ts';
import { factsOf } from './records.ts';

const LATER = NOW + 1000;
const patient = { clientId: 'p', role: 'patient' } as const;
const waiting = aRoom({ state: 'waiting', waitingSince: NOW, members: [patient] });
const knocking: Room = { ...waiting, state: 'knocking', claimedBy: 'd', knockUntil: LATER };
const talking: Room = { ...waiting, state: 'in-consultation', claimedBy: 'd' };

const facts = (before: Room, change: Partial<Room>, now = NOW) =>
  factsOf(before, { ...before, ...change }, now);

describe('what a change notes', () => {
  it('RECORD-1 of a room that a patient enters: the beginning', () => {
    expect(facts(aRoom({ namespaceId: null }), waiting)).toEqual([
      { fact: 'waits', namespaceId: 'desk', clientId: 'p', since: NOW },
    ]);
  });

  it('RECORD-1 of a room without a patient: nothing', () => {
    expect(facts(aRoom(), { members: [{ clientId: 'g', role: 'guest' }] })).toEqual([]);
    expect(facts(aRoom(), { state: 'ended', endReason: 'expired' })).toEqual([]);
    expect(facts(aRoom({ namespaceId: null }), { namespaceId: 'desk' })).toEqual([]);
  });

  it('RECORD-1 of what changes no state: nothing', () => {
    const guest = { clientId: 'g', role: 'guest' } as const;
    for (const room of [waiting, knocking, talking]) {
      expect(facts(room, { members: [patient, guest], entry: {}, urgent: true })).toEqual([]);
    }
    expect(facts(talking, { claimedBy: 'another' })).toEqual([]);
  });

  it('RECORD-1 of a knock, again by the same doctor, or by a colleague: each of them', () => {
    const knock = [{ fact: 'is', state: 'knocking' }];
    expect(facts(waiting, knocking)).toEqual(knock);
    expect(facts(knocking, { knockUntil: LATER + 1 })).toEqual(knock);
    expect(facts(knocking, { claimedBy: 'another' })).toEqual(knock);
    expect(facts(talking, { ...knocking, claimedBy: 'another' })).toEqual(knock);
  });

  it('RECORD-1 of a knock that is over: unanswered when its time had run out', () => {
    const over = { state: 'waiting', claimedBy: null, knockUntil: null } as const;
    const waits = { fact: 'is', state: 'waiting' };
    expect(facts(knocking, over, LATER)).toEqual([{ fact: 'unanswered' }, waits]);
    expect(facts(knocking, over, LATER - 1)).toEqual([waits]);
    const admitted = { fact: 'admitted', by: 'd' };
    const is = { fact: 'is', state: 'in-consultation' };
    expect(facts(knocking, talking, LATER)).toEqual([admitted, is]);
  });

  it('RECORD-1 of an end: why and by whom', () => {
    const end = { state: 'ended', endReason: 'lost', endedBy: null } as const;
    const ended = [{ fact: 'ended', reason: 'lost', by: null }];
    for (const room of [waiting, knocking, talking]) expect(facts(room, end)).toEqual(ended);
  });

  it('RECORD-6 of a transfer: an end here, and a beginning there', () => {
    expect(facts(talking, { ...waiting, namespaceId: 'other' }, LATER)).toEqual([
      { fact: 'ended', reason: 'transferred', by: 'doctor' },
      { fact: 'waits', namespaceId: 'other', clientId: 'p', since: NOW },
    ]);
  });
});
