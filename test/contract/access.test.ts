import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenMint, type MintRequest, type TokenMint } from '../../app/auth/mint.ts';
import type { ConnectOptions, TestClient } from '../support/clients.ts';
import { freshRoom, granted, refused, turnedAway } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const SECRET = 'a secret of this test alone: 0123456789abcdef';
const DESK = 'desk';
const OTHER_DESK = 'other-desk';
const MINUTE_MS = 60_000;
/** A token is good a little longer than it says, since clocks differ. */
const LEEWAY_MS = MINUTE_MS;

let service: Service;
let mint: TokenMint;

beforeAll(async () => {
  service = await Service.start({ JWT_SECRET: SECRET, MAX_FAILED_ATTEMPTS: '1000' });
  const name = 'telemedicine-signaling';
  const settings = { issuer: name, audience: name, secrets: [SECRET] };
  mint = createTokenMint({ settings, clock: service.clock });
  const token = await tokenFor({ role: 'service', namespaces: [DESK, OTHER_DESK] });
  for (const namespaceId of [DESK, OTHER_DESK]) {
    const made = await service.get(`/create-namespace?namespaceId=${namespaceId}`, {
      Authorization: `Bearer ${token}`,
    });
    expect(made.status).toBe(200);
  }
});

afterAll(() => service.stop());

async function tokenFor(wanted: Partial<MintRequest>): Promise<string> {
  const guest: MintRequest = {
    role: 'guest',
    subject: 'somebody',
    namespaces: [DESK],
    ttlSeconds: 600,
  };
  return (await mint.mint({ ...guest, ...wanted })).token;
}

const join = (token: unknown, auth: object = {}, options: ConnectOptions = {}) =>
  service.join(DESK, { ...options, auth: { token, ...auth } });

const as = async (wanted: Partial<MintRequest>): Promise<TestClient> =>
  join(await tokenFor(wanted));

describe('who comes in', () => {
  it('AUTH-3 nobody without a token, or with one that is no good', async () => {
    await turnedAway(join(undefined), 'token-missing');
    await turnedAway(join('rubbish'), 'token-invalid');
    await turnedAway(join({ $ne: '' }), 'token-invalid');
  });

  it('AUTH-3 nobody too early or too late', async () => {
    const token = await tokenFor({ ttlSeconds: 60 });
    service.clock.advance(-10 * MINUTE_MS);
    await turnedAway(join(token), 'token-not-yet-valid');
    service.clock.advance(10 * MINUTE_MS);
    expect((await join(token)).welcome.role).toBe('guest');
    service.clock.advance(MINUTE_MS + LEEWAY_MS);
    await turnedAway(join(token), 'token-expired');
  });

  it('AUTH-5 not into a namespace that the token is not for: as if it were not there', async () => {
    const token = await tokenFor({ namespaces: [DESK] });
    await turnedAway(service.join(OTHER_DESK, { auth: { token } }), 'namespace-not-found');
    await turnedAway(service.join('not-there', { auth: { token } }), 'namespace-not-found');
  });

  it('AUTH-5 not the hospital’s backend, which calls routes', async () => {
    await turnedAway(join(await tokenFor({ role: 'service' })), 'not-allowed');
  });
});

describe('as whom', () => {
  it('AUTH-1 the role is the token’s, whatever the page says', async () => {
    const patient = await as({ role: 'patient', subject: 'p' });
    expect(patient.welcome.role).toBe('patient');
    await refused(patient.say('doctor-joined', {}), 'not-allowed');
    const doctor = await as({ role: 'doctor', subject: 'd' });
    await refused(doctor.say('create', { 'room-id': freshRoom() }), 'not-allowed');
    const guest = await as({ role: 'guest', subject: 'g' });
    await refused(guest.say('create', { 'room-id': freshRoom() }), 'not-allowed');
    await refused(guest.say('doctor-joined', {}), 'not-allowed');
  });

  it('AUTH-4 a room that the token is not for is none', async () => {
    const [room, other] = [freshRoom(), freshRoom()];
    const patient = await as({ role: 'patient', subject: 'p', room });
    await refused(patient.say('create', { 'room-id': other }), 'room-not-found');
    await granted(patient.say('create', { 'room-id': room }));
    const guest = await as({ role: 'guest', subject: 'g', room: other });
    await refused(guest.say('join', { 'room-id': room }), 'room-not-found');
    const friend = await as({ role: 'guest', subject: 'f', room });
    await granted(friend.say('join', { 'room-id': room }));
  });

  it('RESUME-6 a resume token is worth nothing without the same person’s access token', async () => {
    const first = await as({ role: 'patient', subject: 'p' });
    const resume = first.welcome['resume-token'];
    first.drop();
    await turnedAway(join(undefined, { resume }), 'token-missing');
    const thief = await join(await tokenFor({ role: 'patient', subject: 'q' }), { resume });
    expect(thief.welcome.resumed).toBe(false);
    const back = await join(await tokenFor({ role: 'patient', subject: 'p' }), { resume });
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': first.id });
  });
});

describe('a token that expires', () => {
  it('AUTH-6 is told and cut, unless it was replaced in time', async () => {
    const wanted = { role: 'patient', subject: 'p' } as const;
    const prudent = await as({ ...wanted, ttlSeconds: 60 });
    const careless = await as({ ...wanted, ttlSeconds: 60 });
    const later = await tokenFor({ ...wanted, ttlSeconds: 1200 });
    const answer = await granted(prudent.say('refresh-token', { token: later }));
    expect(answer['expires-at']).toBe(new Date(service.clock.now() + 1_200_000).toISOString());
    await service.pass(MINUTE_MS + LEEWAY_MS);
    expect(await careless.ended()).toBe('io server disconnect');
    expect(careless.all('signaling-error')).toMatchObject([
      { event: 'connection', code: 'token-expired' },
    ]);
    await prudent.caughtUp();
    expect(prudent.names()).toEqual([]);
  });

  it('AUTH-6 is replaced only by one of the same person, role, room and namespace', async () => {
    const wanted = { role: 'patient', subject: 'p', room: 'r-1' } as const;
    const client = await as(wanted);
    const refresh = async (other: Partial<MintRequest>) =>
      client.say('refresh-token', { token: await tokenFor({ ...wanted, ...other }) });
    await refused(refresh({ subject: 'q' }), 'not-allowed');
    await refused(refresh({ role: 'doctor' }), 'not-allowed');
    await refused(refresh({ room: 'r-2' }), 'not-allowed');
    await refused(refresh({ namespaces: [OTHER_DESK] }), 'not-allowed');
    await refused(client.say('refresh-token', { token: 'rubbish' }), 'token-invalid');
    await granted(refresh({}));
  });
});
