import { ROOM_STATES, type RoomState } from '@telemedicine-signaling/protocol';
import { describe, expect, it } from 'vitest';
import { isWaiting, stateAfter } from './consultation.ts';

type Action = Parameters<typeof stateAfter>[1];

const LIVE = ROOM_STATES.filter((state) => state !== 'ended');
const WITH_PATIENT = LIVE.filter((state) => state !== 'open');

/** The states in which something can happen, and what comes of it. */
const LIFE: Record<Action, [from: readonly RoomState[], to: RoomState]> = {
  enter: [['open'], 'waiting'],
  knock: [['waiting', 'knocking'], 'knocking'],
  admit: [WITH_PATIENT, 'in-consultation'],
  withdraw: [['knocking'], 'waiting'],
  hold: [['in-consultation', 'on-hold'], 'on-hold'],
  return: [['knocking', 'in-consultation', 'on-hold'], 'waiting'],
  transfer: [WITH_PATIENT, 'waiting'],
  interrupt: [['in-consultation', 'on-hold'], 'waiting'],
  end: [LIVE, 'ended'],
};

/** Ringing in the midst of a consultation rings, and no more. */
const RINGS: readonly RoomState[] = ['in-consultation', 'on-hold'];

const ACTIONS = Object.keys(LIFE) as Action[];
const STEPS = ACTIONS.flatMap((action) =>
  ROOM_STATES.map((state): [Action, RoomState] => [action, state]),
);

describe('the life of a consultation', () => {
  it.each(STEPS)('ROOM-1 %s of a room that is %s', (action, state) => {
    const [from, to] = LIFE[action];
    const step = () => stateAfter(state, action);
    if (state === 'ended') expect(step).toThrow(expect.objectContaining({ code: 'room-ended' }));
    else if (from.includes(state)) expect(step()).toBe(to);
    else if (action === 'knock' && RINGS.includes(state)) expect(step()).toBe(state);
    else expect(step).toThrow(expect.objectContaining({ code: 'not-allowed' }));
  });

  it('ROOM-4 who calls where nobody is yet hears why that does not do', () => {
    expect(() => stateAfter('open', 'knock')).toThrow(/No patient/);
  });

  it('QUEUE-1 who waits stands in the waiting room, called or not', () => {
    expect(ROOM_STATES.filter(isWaiting)).toEqual(['waiting', 'knocking']);
  });
});
