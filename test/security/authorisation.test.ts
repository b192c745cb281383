import { CLIENT_EVENTS, type ClientEvent, ROLES } from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POLICY } from '../../app/auth/policy.ts';
import {
  type Expected,
  expectedOf,
  hidesExistence,
  MAY,
  may,
  PARTICIPANTS,
  POSITIONS,
} from '../support/access.ts';
import {
  Cast,
  type Connected,
  nobody,
  type Person,
  payloadOf,
  type Target,
} from '../support/cast.ts';
import { Hospital } from '../support/hospital.ts';
import { Wire } from '../support/wire.ts';

const EVENTS = Object.keys(CLIENT_EVENTS) as ClientEvent[];

let hospital: Hospital;
/** One cast serves all questions that change nothing. */
let cast: Cast;

beforeAll(async () => {
  hospital = await Hospital.open({ EVENT_BURST: '100000', MAX_FAILED_ATTEMPTS: '100000' });
  cast = await Cast.gather(hospital);
});

afterAll(() => hospital.close());

describe('the policy', () => {
  it('AUTH-1 has a row for every event and every route, and says what it is meant to say', () => {
    const letters = Object.entries(POLICY).map(([action, roles]) => {
      return [action, roles.map((role) => role[0]).join('')];
    });
    expect(Object.fromEntries(letters)).toEqual(MAY);
  });

  it('AUTH-1 does not compile without a row for an event', () => {
    const { offer: _, ...rest } = POLICY;
    // @ts-expect-error A row is missing: were it not an error, this line would be one.
    const incomplete: typeof POLICY = rest;
    expect(incomplete.offer).toBeUndefined();
  });
});

/** Whoever may hear of an event about this consultation: those in it, and the doctors of the practice. */
function mayHear(sender: Person, { role, position }: Person): boolean {
  const isDoctorThere = role === 'doctor' && ['member', 'other room'].includes(position);
  return position === 'member' || isDoctorThere || position === sender.position;
}

const codeIn = (answer: string): Expected => {
  const [{ status, code }] = JSON.parse(answer);
  return status === 'ok' ? 'ok' : code;
};

/** What the sender gets for an event about the target, with and without an acknowledgement. */
async function bothAnswers(sender: Person, event: ClientEvent, target: Target): Promise<string[]> {
  const { wire } = sender;
  const payload = payloadOf(event, sender, target);
  const acknowledged = await wire.say(event, payload);
  await wire.caughtUp();
  const before = wire.fresh();
  wire.send(event, payload);
  return [acknowledged, ...before, await wire.next()];
}

describe.each(EVENTS)('%s', (event) => {
  const cells = POSITIONS.flatMap((position) =>
    ROLES.map((role) => ({ role, position, is: expectedOf(event, role, position) })),
  );
  const inside = cells.filter(
    ({ role, position }) => role !== 'service' && !position.endsWith(' token'),
  ) as { role: Person['role']; position: Connected; is: Expected }[];
  const outside = cells.filter((cell) => !inside.some((one) => one === cell));

  it.each(inside.filter(({ is }) => is !== 'ok'))(
    'AUTH-1 AUTH-4 $role, $position: $is, and nobody hears of it',
    async ({ role, position, is }) => {
      const sender = cast.person(role, position);
      const real = await bothAnswers(sender, event, cast);
      expect(codeIn(real[0] as string)).toBe(is);
      expect(real).toHaveLength(2);
      if (hidesExistence(event, position, is)) {
        expect(await bothAnswers(sender, event, nobody())).toEqual(real);
      }
      expect(await cast.heard()).toEqual([]);
    },
  );

  it.each(inside.filter(({ is }) => is === 'ok'))(
    'AUTH-1 WHO-1 $role, $position: allowed, and nobody else hears of it',
    async ({ role, position }) => {
      const fresh = await Cast.gather(hospital);
      try {
        const sender = fresh.person(role, position);
        const answer = await sender.wire.say(event, payloadOf(event, sender, fresh));
        expect(codeIn(answer)).toBe('ok');
        for (const { person, frames } of await fresh.heard()) {
          expect({ ...person, wire: frames }).toSatisfy(() => mayHear(sender, person));
        }
      } finally {
        fresh.close();
      }
    },
  );

  it.each(outside)('AUTH-1 AUTH-3 $role, $position: gets no connection to say it on', async (cell) => {
    const { role, position, is } = cell;
    const stranger = await knockAs(role, position);
    expect(stranger.answer).toContain(`"message":"${is}"`);
    stranger.send(event, payloadOf(event, { ...cast.people[0], role } as Person, cast), 1);
    await stranger.closed;
    expect(stranger.fresh()).toEqual([]);
    expect(await cast.heard()).toEqual([]);
  });
});
