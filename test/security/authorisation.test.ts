import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CLIENT_EVENTS,
  type ClientEvent,
  ROLES,
  type Role,
} from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POLICY } from '../../app/auth/policy.ts';
import {
  CONNECTED,
  expectedOf,
  hidesExistence,
  isAboutPractice,
  isRelay,
  MAY,
  PARTICIPANTS,
  POSITIONS,
  type Position,
} from '../support/access.ts';
import { Cast, inWords, nobodyOf, type Person, payloadOf, type Target } from '../support/cast.ts';
import { Hospital } from '../support/hospital.ts';
import { RawWebSocket } from '../support/raw-socket.ts';
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

  it('AUTH-1 is what the documentation says', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/SECURITY.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([a-z-]+)` \| ([a-z, ]+) \|$/gm)];
    const told = rows.map(([, action, roles]) => [action, roles?.split(', ')]);
    expect(Object.fromEntries(told)).toEqual(POLICY);
  });

  it('AUTH-1 does not compile without a row for an event', () => {
    const { offer: _, ...rest } = POLICY;
    // @ts-expect-error A row is missing: were it not an error, this line would be one.
    const incomplete: typeof POLICY = rest;
    expect(incomplete.offer).toBeUndefined();
  });
});

/** Whoever may hear of what was allowed, beside the sender. */
function mayHear(
  event: ClientEvent,
  { sender, cast }: { sender: Person; cast: Cast },
  { role, position, wire }: Person,
): boolean {
  if (isRelay(event)) return Object.values(payloadOf(event, sender, cast)).includes(wire.id);
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
  const inside = CONNECTED.flatMap((position) =>
    PARTICIPANTS.map((role) => ({ role, position, is: expectedOf(event, role, position) })),
  );
  const outside = POSITIONS.flatMap((position) => {
    const roles: readonly Role[] = position.endsWith(' token') ? ROLES : ['service'];
    return roles.map((role) => ({ role, position, is: expectedOf(event, role, position) }));
  });

  it.each(inside.filter(({ is }) => is !== 'ok'))(
    'AUTH-1 AUTH-4 $role, $position: $is, and nobody hears of it',
    async ({ role, position, is }) => {
      const sender = cast.person(role, position);
      const real = await bothAnswers(sender, event, cast);
      expect(real).toEqual([expect.stringContaining(`"code":"${is}"`), expect.any(String)]);
      if (hidesExistence(event, position, is)) {
        expect(await bothAnswers(sender, event, nobodyOf(cast))).toEqual(real);
      }
      const heard = await cast.heard();
      expect(inWords(heard.filter(({ person }) => person !== sender))).toEqual([]);
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
        const beyond = heard.filter(
          ({ person }) => !mayHear(event, { sender, cast: fresh }, person),
        );
        expect(inWords(beyond)).toEqual([]);
      } finally {
        fresh.close();
      }
    },
  );

  it.each(outside)(
    'AUTH-1 AUTH-3 $role, $position: gets no connection to say it on',
    async ({ role, position, is }) => {
      const stranger = await comeAs(role, position);
      expect(stranger.answer).toContain(`"message":"${is}"`);
      const [anybody] = cast.people;
      stranger.send(event, payloadOf(event, { ...anybody, role } as Person, cast), 1);
      await stranger.closed;
      expect(stranger.fresh()).toEqual([]);
      expect(inWords(await cast.heard())).toEqual([]);
    },
  );
});

describe('a namespace', () => {
  const elsewhere = () => `practice-${randomUUID()}`;

  it.each(PARTICIPANTS)('AUTH-5 AUTH-4 of others is none for a %s', async (role) => {
    const token = await hospital.token({ role, namespaces: [elsewhere()] });
    const [theirs, none] = await answersOf(cast.home, elsewhere(), { token });
    expect(theirs).toBe(none);
    expect(theirs).toContain('"message":"namespace-not-found"');
  });

  it('AUTH-3 AUTH-5 answers those who have no good token as if it were not there', async () => {
    const stale = await hospital.staleToken({ role: 'doctor', namespaces: [cast.home] });
    for (const auth of [undefined, {}, { token: 'rubbish' }, { token: stale }, { token: [''] }]) {
      const [theirs, none] = await answersOf(cast.home, elsewhere(), auth);
      expect(theirs).toBe(none);
      expect(theirs).toContain('"message":"token-');
    }
  });

  it('AUTH-3 takes no token from the address of a connection, nor from its headers', async () => {
    const token = await hospital.token({ role: 'doctor', namespaces: [cast.home] });
    const headers = { authorization: `Bearer ${token}` };
    const raw = await RawWebSocket.open(hospital.url, { headers }, `&token=${token}`);
    raw.send(`40/${cast.home},`);
    expect(await raw.first((frame) => frame.startsWith('44'))).toContain(
      '"message":"token-missing"',
    );
    expect(raw.heard.filter((frame) => frame.startsWith('40'))).toEqual([]);
    raw.close();
  });

  it('AUTH-4 IN-5 cannot be reached through another one', async () => {
    for (const role of PARTICIPANTS) {
      const { wire } = cast.person(role, 'other namespace');
      for (const event of EVENTS) {
        const payload = payloadOf(event, cast.person(role, 'other namespace'), cast);
        const said = { ...payload, 'namespace-id': cast.home };
        const theirs = await wire.say(event, said);
        expect(theirs).toContain('"code":"namespace-mismatch"');
        expect(await wire.say(event, { ...said, 'namespace-id': elsewhere() })).toBe(theirs);
      }
    }
    expect(inWords(await cast.heard())).toEqual([]);
  });

  it('AUTH-4 DESK-7 takes no patient from a doctor whose token is not for it', async () => {
    const doctor = cast.person('doctor', 'member');
    const [theirs, none] = await Promise.all(
      [cast.person('doctor', 'other namespace').wire.namespaceId, elsewhere()].map((to) =>
        doctor.wire.say('transfer', { 'room-id': cast.room, 'to-namespace-id': to }),
      ),
    );
    expect(theirs).toBe(none);
    expect(theirs).toContain('"code":"namespace-not-found"');
    expect(inWords(await cast.heard())).toEqual([]);
  });

  /** What is said to whoever asks for one that is there and for one that is not. */
  async function answersOf(theirs: string, none: string, auth: object | undefined) {
    const wires = [
      await Wire.to(hospital.url, theirs, auth),
      await Wire.to(hospital.url, none, auth),
    ];
    return wires.map((wire) => {
      wire.close();
      return wire.answer;
    });
  }
});

describe('a patient’s own number', () => {
  const ENDINGS = ['patient-left', 'patient-ended', 'doctor-ended'] as const;

  it.each(ENDINGS)('AUTH-4 ROOM-9 in %s means nobody else’s consultation', async (event) => {
    const role = event === 'doctor-ended' ? 'doctor' : 'patient';
    const namespaces = [cast.person(role, 'other namespace').wire.namespaceId];
    const token = await hospital.token({ role, namespaces });
    const stranger = await Wire.to(hospital.url, namespaces[0] as string, { token });
    const theirs = await stranger.say(event, { patientID: `patient of ${cast.room}` });
    expect(theirs).toContain('"code":"room-not-found"');
    expect(await stranger.say(event, { patientID: `patient of ${randomUUID()}` })).toBe(theirs);
    expect(inWords(await cast.heard())).toEqual([]);
    stranger.close();
  });

  it('AUTH-4 ROOM-9 leads a doctor to no room that the token is not for', async () => {
    const fresh = await Cast.gather(hospital);
    const token = await hospital.token({
      role: 'doctor',
      namespaces: [fresh.home],
      room: randomUUID(),
    });
    const pinned = await Wire.to(hospital.url, fresh.home, { token });
    // Any other doctor of the practice might end it now (SPEC ROOM-9).
    fresh.person('doctor', 'member').wire.close();
    await fresh.person('patient', 'member').wire.hears('client-disconnected');
    await fresh.heard();
    const theirs = await pinned.say('doctor-ended', { patientID: `patient of ${fresh.room}` });
    expect(theirs).toContain('"code":"room-not-found"');
    expect(await pinned.say('doctor-ended', { patientID: 'nobody at all' })).toBe(theirs);
    expect(inWords(await fresh.heard())).toEqual([]);
    fresh.close();
    pinned.close();
  });
});
