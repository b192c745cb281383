import fc from 'fast-check';
import type { ModelEvent } from './model-events.ts';

/** One thing that happens. Numbers pick, modulo what there is to pick from when it happens. */
export type Action =
  | { do: 'connect'; namespace: number; says: Speech | null }
  | { do: 'say'; who: number; speech: Speech }
  | { do: 'drop' | 'deafen' | 'pong'; who: number }
  | { do: 'resume'; who: number; spent: boolean; deaf: boolean }
  | { do: 'make-namespace' | 'remove-namespace'; namespace: number }
  | { do: 'make-room'; namespace: number | null; room: number };

export interface Speech {
  event: ModelEvent;
  init: boolean;
  room: number;
  peer: number;
  patient: number;
  /** How the room is named, where an event lets the page choose. */
  by: 'room-id' | 'patientID' | 'nothing';
  asks: boolean;
  /** Whether it fits who says it: often it does, and sometimes it is nonsense. */
  fits: boolean;
}

/** What happens at once; or what happens to the whole practice, when all is quiet. */
export type Step =
  | { at: 'once'; actions: Action[] }
  | { at: 'rest'; pass: number }
  | { at: 'restart'; but: number };

const index = fc.nat(7);
const often = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const rarely = (oneIn: number) => fc.nat(oneIn - 1).map((n) => n === 0);
const record = <T extends object>(shape: { [Key in keyof T]: fc.Arbitrary<T[Key]> }) =>
  fc.record<T>(shape, { noNullPrototype: true });

const event = fc.oneof(
  often(4, fc.constant<ModelEvent>('create')),
  often(8, fc.constant<ModelEvent>('join')),
  often(2, fc.constant<ModelEvent>('doctor-joined')),
  often(
    8,
    fc.constantFrom<ModelEvent>('send-metadata', 'offer', 'ice-candidate', 'ack-doctor-entered'),
  ),
  often(
    5,
    fc.constantFrom<ModelEvent>(
      'doctor-rejected',
      'patient-left',
      'doctor-ended',
      'patient-ended',
      'leave',
    ),
  ),
  often(
    7,
    fc.constantFrom<ModelEvent>(
      'call-next',
      'hold',
      'return-to-queue',
      'transfer',
      'message-to-waiting',
      'set-priority',
      'ready',
    ),
  ),
);

const speech = (events: fc.Arbitrary<ModelEvent>): fc.Arbitrary<Speech> =>
  record<Speech>({
    event: events,
    init: fc.boolean(),
    room: index,
    peer: index,
    patient: fc.nat(2),
    by: fc.constantFrom('room-id', 'patientID', 'nothing'),
    asks: rarely(5).map((not) => !not),
    fits: rarely(8).map((not) => !not),
  });

const first = fc.constantFrom<ModelEvent>('create', 'create', 'doctor-joined', 'join');

const action: fc.Arbitrary<Action> = fc.oneof(
  often(
    5,
    record<Extract<Action, { do: 'connect' }>>({
      do: fc.constant('connect'),
      namespace: fc.constantFrom(0, 0, 0, 1),
      says: fc.option(speech(first), { freq: 6 }),
    }),
  ),
  often(
    24,
    record<Extract<Action, { do: 'say' }>>({
      do: fc.constant('say'),
      who: index,
      speech: speech(event),
    }),
  ),
  often(
    4,
    record<Extract<Action, { do: 'drop' | 'deafen' | 'pong' }>>({
      do: fc.constantFrom('drop', 'drop', 'deafen', 'pong'),
      who: index,
    }),
  ),
  often(
    4,
    record<Extract<Action, { do: 'resume' }>>({
      do: fc.constant('resume'),
      who: index,
      spent: rarely(8),
      deaf: rarely(6),
    }),
  ),
  often(
    1,
    record<Extract<Action, { do: 'make-namespace' | 'remove-namespace' }>>({
      do: fc.constantFrom('make-namespace', 'make-namespace', 'remove-namespace'),
      namespace: fc.constantFrom(0, 1, 1, 1),
    }),
  ),
  often(
    1,
    record<Extract<Action, { do: 'make-room' }>>({
      do: fc.constant('make-room'),
      namespace: fc.option(fc.nat(1)),
      room: index,
    }),
  ),
);

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

/** What may happen at once: each before the one before it has come to its end. */
export const actionsAtOnce = (maxLength: number) =>
  record<Extract<Step, { at: 'once' }>>({
    at: fc.constant('once'),
    actions: fc.array(action, { minLength: 1, maxLength, size: 'max' }),
  });

/** What may happen in one run, from empty. */
export const steps = (maxLength: number, maxAtOnce: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      often(14, actionsAtOnce(maxAtOnce)),
      often(
        2,
        record<Extract<Step, { at: 'rest' }>>({
          at: fc.constant('rest'),
          pass: fc.constantFrom(SECOND, 20 * SECOND, 61 * SECOND, 76 * SECOND, DAY + SECOND),
        }),
      ),
      often(
        1,
        record<Extract<Step, { at: 'restart' }>>({ at: fc.constant('restart'), but: index }),
      ),
    ),
    // Not mostly short: a practice needs a while to become interesting.
    { minLength: 1, maxLength, size: 'max' },
  );
