import { randomUUID } from 'node:crypto';
import { ERRORS, ROLES, type Role } from '@telemedicine-signaling/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../app/config.ts';
import { type AppParts, createApp } from '../../app/index.ts';
import { POSITIONS, type Position } from '../support/access.ts';
import {
  expectedOfRoute,
  type Place,
  ROUTES,
  requestsFor,
  showsNothing,
} from '../support/access-http.ts';
import { Cast, inWords } from '../support/cast.ts';
import { Hospital } from '../support/hospital.ts';
import { bytesOf, codeIn, statusIn } from '../support/raw-http.ts';

let hospital: Hospital;
/** One cast serves all questions that change nothing. */
let cast: Cast;

beforeAll(async () => {
  hospital = await Hospital.open({ EVENT_BURST: '100000', MAX_FAILED_ATTEMPTS: '100000' });
  cast = await Cast.gather(hospital);
});

afterAll(() => hospital.close());

/** The token of somebody who stands like that to the consultation of the cast. */
async function tokenOf(
  role: Role,
  position: Position,
  { home }: Place,
): Promise<string | undefined> {
  if (position === 'no token') return undefined;
  const namespaces = [position === 'other namespace' ? `practice-${randomUUID()}` : home];
  const pin = position === 'pinned to another room' ? { room: randomUUID() } : {};
  const wanted = { role, namespaces, ...pin };
  return position === 'expired token' ? hospital.staleToken(wanted) : hospital.token(wanted);
}

/** A place of which no id was ever given out, with ids of the same length. */
const nowhere = (): Place => ({ home: `practice-${randomUUID()}`, room: randomUUID() });

describe.each(ROUTES)('%s', (route) => {
  const cells = POSITIONS.flatMap((position) =>
    ROLES.map((role) => ({ role, position, is: expectedOfRoute(route, role, position) })),
  );

  it.each(cells.filter(({ is }) => is !== 'ok'))(
    'AUTH-1 AUTH-4 $role, $position: $is, and not a byte tells what is there',
    async ({ role, position, is }) => {
      const token = await tokenOf(role, position, cast);
      const [theirs, none] = await Promise.all(
        [cast, nowhere()].map((place) => answersOf(requestsFor(route, place), token)),
      );
      expect(theirs?.map(codeIn)).toEqual(theirs?.map(() => is));
      expect(theirs?.map(statusIn)).toEqual(
        theirs?.map(() => ERRORS[is as keyof typeof ERRORS].http),
      );
      expect(none).toEqual(theirs);
      expect(inWords(await cast.heard())).toEqual([]);
    },
  );

  it.each(cells.filter(({ is }) => is === 'ok'))(
    'AUTH-1 $role, $position: allowed, and nobody outside hears of it',
    async ({ role, position }) => {
      const isEnd = route === 'remove-namespace';
      const place = isEnd ? await Cast.gather(hospital) : cast;
      const token = await tokenOf(role, position, place);
      const answers = await answersOf(requestsFor(route, place), token);
      expect(answers.map(codeIn)).toEqual(answers.map(() => 'ok'));
      if (showsNothing(route, position)) {
        expect(await answersOf(requestsFor(route, nowhere()), token)).toEqual(answers);
      }
      const heard = await place.heard();
      const outside = heard.filter(({ person }) => person.wire.namespaceId !== place.home);
      expect(inWords(isEnd ? outside : heard)).toEqual([]);
      if (isEnd) place.close();
    },
  );

  /** One after the other: each is what it is whatever came before. */
  async function answersOf(
    requests: ReturnType<typeof requestsFor>,
    token: string | undefined,
  ): Promise<string[]> {
    const answers: string[] = [];
    for (const request of requests)
      answers.push(await bytesOf(hospital.url, { ...request, token }));
    return answers;
  }
});

it('AUTH-4 HTTP-7 a consultation that has ended is told to nobody whose token is not for it', async () => {
  const over = await Cast.gather(hospital);
  await over.person('doctor', 'member').wire.say('doctor-ended', { 'room-id': over.room });
  const state = async (roomId: string, token: string) =>
    bytesOf(hospital.url, { method: 'POST', path: '/join-room', fields: { roomId }, token });
  const own = await hospital.token({ role: 'patient', namespaces: [over.home] });
  expect(codeIn(await state(over.room, own))).toBe('room-ended');
  for (const wanted of [{ namespaces: ['other'] }, { namespaces: [over.home], room: 'other' }]) {
    const token = await hospital.token({ role: 'patient', ...wanted });
    const theirs = await state(over.room, token);
    expect(codeIn(theirs)).toBe('room-not-found');
    expect(await state(randomUUID(), token)).toBe(theirs);
  }
  over.close();
});

it('AUTH-3 a token in the address is none', async () => {
  const token = await hospital.token({ role: 'doctor', namespaces: [cast.home] });
  const fields = { namespaceId: cast.home, token, access_token: token, authorization: token };
  const answer = await bytesOf(hospital.url, {
    method: 'GET',
    path: '/check-availability',
    fields,
  });
  expect(codeIn(answer)).toBe('token-missing');
});

/** Addresses that ask for no token: pages and descriptions, what they load, the answer to a preflight, the state of a node; an invitation is one. */
const OPEN = [
  '/ops',
  '/openapi.json',
  '/asyncapi.json',
  '/docs',
  '/docs/events',
  '/',
  '*',
  '/healthz',
  '/readyz',
  '/patient/:namespaceId',
  '/doctor/:namespaceId',
  '/test',
  '/api/v1/invitations/redeem',
];
const LOADED = /^\/(site|ui)\//;

it('AUTH-1 there is no route without a row in the policy', async () => {
  const app = createApp({ config: loadConfig({}) } as AppParts);
  const found: string[] = [];
  app.addHook('onRoute', ({ url }) => void found.push(url));
  await app.ready();
  const known = ROUTES.flatMap((route) => requestsFor(route, cast).map(({ path }) => path));
  const others = found.filter((url) => !known.includes(url));
  expect(others.filter((url) => !OPEN.includes(url) && !LOADED.test(url))).toEqual([]);
  expect(known.filter((url) => !found.includes(url))).toEqual([]);
  await app.close();
});
