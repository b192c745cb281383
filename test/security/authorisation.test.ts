import {
  CLIENT_EVENTS,
  type ClientEvent,
  ROLES,
  type Role,
} from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POLICY } from '../../app/auth/policy.ts';
import {
  type Expected,
  expectedOf,
  hidesExistence,
  isAboutPractice,
  isRelay,
  MAY,
  POSITIONS,
  type Position,
} from '../support/access.ts';
import {
  Cast,
  type Connected,
  nobodyOf,
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

/** Whoever may hear of what was allowed, beside the sender. */
function mayHear(event: ClientEvent, sender: Person, { role, position, wire }: Person): boolean {
  if (isRelay(event)) {
    return position === 'member' && role === (sender.role === 'doctor' ? 'patient' : 'doctor');
  }
  const isAtDesk =
    role === 'doctor' && ['member', 'other room', 'other namespace'].includes(position);
  const isInPractice = wire.namespaceId === sender.wire.namespaceId;
  if (wire === sender.wire) return true;
  if (isAboutPractice(event))
    return isInPractice && (isAtDesk || position === 'in the waiting room');
  return position === 'member' || (isInPractice && isAtDesk);
}

/** What the sender gets for an event about the target, with and without an acknowledgement. */
const bothAnswers = async (sender: Person, event: ClientEvent, target: Target) => {
  const payload = payloadOf(event, sender, target);
  return [await sender.wire.say(event, payload), await sender.wire.refused(event, payload)];
};

/** Asks for the namespace of the cast as somebody who has no business in it. */
async function comeAs(role: Role, position: Position): Promise<Wire> {
  const namespaces = [position === 'other namespace' ? 'elsewhere' : cast.home];
  const pin = position === 'pinned to another room' ? { room: 'elsewhere' } : {};
  const wanted = { role, namespaces, ...pin };
  if (position === 'no token') return Wire.to(hospital.url, cast.home);
  const token = await (position === 'expired token'
    ? hospital.staleToken(wanted)
    : hospital.token(wanted));
  return Wire.to(hospital.url, cast.home, { token });
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
      expect(real).toEqual([expect.stringContaining(`"code":"${is}"`), expect.any(String)]);
      if (hidesExistence(event, position, is)) {
        expect(await bothAnswers(sender, event, nobodyOf(cast))).toEqual(real);
      }
      const others = (await cast.heard()).filter(({ person }) => person !== sender);
      expect(others).toEqual([]);
    },
  );

  it.each(inside.filter(({ is }) => is === 'ok'))(
    'AUTH-1 WHO-1 $role, $position: allowed, and nobody else hears of it',
    async ({ role, position }) => {
      const fresh = await Cast.gather(hospital);
      try {
        const sender = fresh.person(role, position);
        const answer = await sender.wire.say(event, payloadOf(event, sender, fresh));
        expect(answer).toContain('"status":"ok"');
        const heard = await fresh.heard();
        const beyond = heard.filter(({ person }) => !mayHear(event, sender, person));
        expect(
          beyond.map(({ person: { role, position }, frames }) => ({ role, position, frames })),
        ).toEqual([]);
      } finally {
        fresh.close();
      }
    },
  );

  it.each(outside)(
    'AUTH-1 AUTH-3 $role, $position: gets no connection to say it on',
    async (cell) => {
      const { role, position, is } = cell;
      const stranger = await comeAs(role, position);
      expect(stranger.answer).toContain(`"message":"${is}"`);
      const [anybody] = cast.people;
      stranger.send(event, payloadOf(event, { ...anybody, role } as Person, cast), 1);
      await stranger.closed;
      expect(stranger.fresh()).toEqual([]);
      expect(await cast.heard()).toEqual([]);
    },
  );
});
