import type { RoomState } from '@telemedicine-signaling/protocol';
import { SignalingError } from '../errors/signaling-error.ts';

/**
 * The life of a consultation (SPEC ROOM-1): action → state before → state after. What is not in the
 * table cannot happen.
 */
const TRANSITIONS = {
  /** The patient comes in (`create`). */
  enter: { open: 'waiting' },
  /** A doctor calls the patient (`join`, init true); again, while already talking, it only rings. */
  knock: {
    waiting: 'knocking',
    knocking: 'knocking',
    'in-consultation': 'in-consultation',
    'on-hold': 'on-hold',
  },
  /** A doctor comes in (`join`, init false). */
  admit: {
    waiting: 'in-consultation',
    knocking: 'in-consultation',
    'in-consultation': 'in-consultation',
    'on-hold': 'in-consultation',
  },
  /** The knock was not answered, or the doctor who knocked is gone. */
  withdraw: { knocking: 'waiting' },
  /** The doctor lets the consultation rest. */
  hold: { 'in-consultation': 'on-hold', 'on-hold': 'on-hold' },
  /** The doctor gives the patient back to the waiting room. */
  return: { knocking: 'waiting', 'in-consultation': 'waiting', 'on-hold': 'waiting' },
  /** The patient goes on waiting in another namespace. */
  transfer: {
    waiting: 'waiting',
    knocking: 'waiting',
    'in-consultation': 'waiting',
    'on-hold': 'waiting',
  },
  /** The doctor left a consultation that has not ended. */
  interrupt: { 'in-consultation': 'waiting', 'on-hold': 'waiting' },
  /** The consultation is over, for whatever reason. */
  end: {
    open: 'ended',
    waiting: 'ended',
    knocking: 'ended',
    'in-consultation': 'ended',
    'on-hold': 'ended',
  },
} as const satisfies Record<string, Partial<Record<RoomState, RoomState>>>;

export type Action = keyof typeof TRANSITIONS;

/**
 * The state after `action`.
 * @throws SignalingError `room-ended` when it has ended, `not-allowed` when the table has no such step.
 */
export function stateAfter(state: RoomState, action: Action): RoomState {
  if (state === 'ended') throw new SignalingError('room-ended');
  const after = (TRANSITIONS[action] as Partial<Record<RoomState, RoomState>>)[state];
  if (after !== undefined) return after;
  const why = state === 'open' ? 'No patient is in this room yet.' : undefined;
  throw new SignalingError('not-allowed', why);
}

/** The states in which a patient stands in the waiting room. */
export const isWaiting = (state: RoomState): state is 'waiting' | 'knocking' =>
  state === 'waiting' || state === 'knocking';
