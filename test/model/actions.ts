import fc from 'fast-check';
import type { ModelEvent } from './model-events.ts';

/** One thing that happens. Numbers pick, modulo what there is to pick from when it happens. */
export type Action =
  | { do: 'connect'; namespace: number; says: Speech | null }
  | { do: 'say'; who: number; speech: Speech }
  | { do: 'drop'; who: number }
  | { do: 'resume'; who: number; spent: boolean }
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

const event = fc.oneof(
  often(4, fc.constant<ModelEvent>('create')),
  often(8, fc.constant<ModelEvent>('join')),
  often(2, fc.constant<ModelEvent>('doctor-joined')),
  often(
    8,
    fc.constantFrom<ModelEvent>('send-metadata', 'offer', 'ice-candidate', 'ack-doctor-entered'),
  ),
  often(
    4,
    fc.constantFrom<ModelEvent>(
      'doctor-rejected',
      'patient-left',
      'doctor-ended',
      'patient-ended',
      'leave',
    ),
  ),
);

const speech = (events: fc.Arbitrary<ModelEvent>): fc.Arbitrary<Speech> =>
  fc.record({
    event: events,
    init: fc.boolean(),
    room: index,
    peer: index,
    patient: fc.nat(2),
    by: fc.constantFrom('room-id', 'patientID', 'nothing'),
    fits: fc.nat(7).map((n) => n > 0),
  });

const first = fc.constantFrom<ModelEvent>('create', 'create', 'doctor-joined', 'join');

const action: fc.Arbitrary<Action> = fc.oneof(
  often(
    5,
    fc.record({
      do: fc.constant('connect' as const),
      namespace: fc.constantFrom(0, 0, 0, 1),
      says: fc.option(speech(first), { freq: 6 }),
    }),
  ),
  often(24, fc.record({ do: fc.constant('say' as const), who: index, speech: speech(event) })),
  often(2, fc.record({ do: fc.constant('drop' as const), who: index })),
  often(
    3,
    fc.record({
      do: fc.constant('resume' as const),
      who: index,
      spent: fc.nat(7).map((n) => n === 0),
    }),
  ),
  often(
    1,
    fc.record({
      do: fc.constantFrom('make-namespace' as const, 'make-namespace', 'remove-namespace' as const),
      namespace: fc.constantFrom(0, 1, 1, 1),
    }),
  ),
  often(
    1,
    fc.record({
      do: fc.constant('make-room' as const),
      namespace: fc.option(fc.nat(1)),
      room: index,
    }),
  ),
);

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

/** What may happen in one run, from empty. */
export const steps = (maxLength: number, maxAtOnce: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      often(
        14,
        fc.record({
          at: fc.constant('once' as const),
          actions: fc.array(action, { minLength: 1, maxLength: maxAtOnce, size: 'max' }),
        }),
      ),
      often(
        2,
        fc.record({
          at: fc.constant('rest' as const),
          pass: fc.constantFrom(SECOND, 20 * SECOND, 46 * SECOND, 61 * SECOND, DAY + SECOND),
        }),
      ),
      often(1, fc.record({ at: fc.constant('restart' as const), but: index })),
    ),
    // As long as that, and not mostly short: a practice needs a while to become interesting.
    { minLength: 1, maxLength, size: 'max' },
  );
