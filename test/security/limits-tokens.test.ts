import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectOptions, TestClient } from '../support/clients.ts';
import { Hospital } from '../support/hospital.ts';
import { freshRoom, granted, refused, turnedAway } from '../support/practice.ts';
import { bytesOf, codeIn } from '../support/raw-http.ts';

// Hundreds of connections, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MINUTE_MS = 60_000;
const WINDOW_MS = MINUTE_MS;
const GRACE_MS = 25_000;
const ATTEMPTS = 10;

const TURN = {
  TURN_URLS: 'turn:turn.clinic.example:3478',
  TURN_SECRET: 'a secret of the relay: 0123456789abcdef'.replaceAll(/[ :]/g, '-'),
};

type Wanted = Parameters<Hospital['token']>[0];

let hospital: Hospital;
let desk: string;

beforeEach(async () => {
  hospital = await Hospital.open({ TRUSTED_PROXIES: 'loopback', ...TURN });
  desk = await hospital.practice();
});

afterEach(() => hospital.close());

const CLINIC = '198.51.100.1';

const from = (address: string, auth: object): ConnectOptions => ({
  auth: { ...auth },
  headers: { 'X-Forwarded-For': address },
});

const join = (auth: object, address = CLINIC): Promise<TestClient> =>
  hospital.service.join(desk, from(address, auth));

const as = async (
  role: 'doctor' | 'patient' | 'guest',
  subject: string,
  auth: object = {},
  address = CLINIC,
): Promise<TestClient> =>
  join({ token: await hospital.token({ role, subject, namespaces: [desk] }), ...auth }, address);

async function askWith(token: string, address = CLINIC): Promise<number> {
  const headers = { Authorization: `Bearer ${token}`, 'X-Forwarded-For': address };
  return (await hospital.service.get('/api/v1/ice-servers', headers)).status;
}

const redeem = (invitation: string, address = CLINIC): Promise<Response> =>
  fetch(`${hospital.url}/api/v1/invitations/redeem`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
    body: JSON.stringify({ invitation }),
  });

const wrongResume = () => randomUUID().repeat(2).slice(0, 43);

describe('whoever guesses', () => {
  it('LIMIT-4 learns nothing more after a few tokens, while others from there come in', async () => {
    for (let n = 0; n < ATTEMPTS; n += 1)
      await turnedAway(join({ token: `no-${n}` }), 'token-invalid');
    await turnedAway(join({ token: 'one more' }), 'rate-limited');
    expect(await askWith('yet another')).toBe(429);
    expect((await redeem('x'.repeat(43))).status).toBe(429);

    expect((await as('doctor', 'doctor')).welcome.role).toBe('doctor');
    expect(await askWith(await hospital.token({ role: 'service', namespaces: ['*'] }))).toBe(200);
    await turnedAway(join({ token: 'no' }, '198.51.100.2'), 'token-invalid');
  });

  it('LIMIT-4 tokens, over HTTP too, and invitations are counted together', async () => {
    for (let n = 0; n < 4; n += 1) await turnedAway(join({ token: 'no' }), 'token-invalid');
    for (let n = 0; n < 3; n += 1) expect(await askWith('no')).toBe(401);
    for (let n = 0; n < 3; n += 1) expect((await redeem('x'.repeat(43))).status).toBe(401);
    expect(await askWith('no')).toBe(429);
  });

  it('LIMIT-4 wrong resume tokens count, too', async () => {
    for (let n = 0; n < ATTEMPTS; n += 1) {
      const client = await as('patient', 'p', { resume: wrongResume() });
      expect(client.welcome.resumed).toBe(false);
    }
    expect(await askWith('no')).toBe(429);
  });

  it('LIMIT-4 three hundred patients behind one address come in while a stranger there guesses', async () => {
    for (let n = 0; n <= ATTEMPTS; n += 1) await join({ token: `no-${n}` }).catch(() => {});
    const doctor = await as('doctor', 'doctor');
    await granted(doctor.say('doctor-joined', {}));
    const come = async () => {
      const patient = await as('patient', randomUUID());
      return granted(patient.say('create', { 'room-id': freshRoom() }));
    };
    for (let n = 0; n < 300; n += 25) {
      await Promise.all([
        ...Array.from({ length: 25 }, come),
        join({ token: 'no' }).catch(() => {}),
      ]);
    }
    await doctor.first('queue', ({ waiting }) => waiting.length === 300);
  });

  it('LIMIT-4 RESUME-3 a clinic whose network was away comes back, with tokens too old to resume', async () => {
    const doctor = await as('doctor', 'doctor');
    await granted(doctor.say('doctor-joined', {}));
    const away: TestClient[] = [];
    for (let n = 0; n < 2 * ATTEMPTS; n += 1) {
      const patient = await as('patient', `p-${n}`);
      await granted(patient.say('create', { 'room-id': freshRoom() }));
      away.push(patient);
    }
    for (const client of away) client.drop();
    for (const { id } of away) {
      await doctor.first('client-disconnected', (data) => data['client-id'] === id);
    }
    await hospital.service.pass(WINDOW_MS);
    for (const [n, client] of away.entries()) {
      const back = await as('patient', `p-${n}`, { resume: client.welcome['resume-token'] });
      expect(back.welcome.resumed).toBe(false);
      await granted(back.say('create', { 'room-id': freshRoom() }));
    }
  });
});

describe('a token that runs out', () => {
  it('AUTH-6 has its connection cut after a grace, with a reason, and the place kept', async () => {
    const wanted: Wanted = { role: 'patient', subject: 'p', namespaces: [desk], ttlSeconds: 60 };
    const patient = await join({ token: await hospital.token(wanted) });
    const room = freshRoom();
    await granted(patient.say('create', { 'room-id': room }));
    await hospital.service.pass(MINUTE_MS + GRACE_MS - 1);
    await granted(patient.say('create', { 'room-id': room }));
    await hospital.service.pass(1);
    expect(await patient.ended()).toBe('io server disconnect');
    expect(patient.all('signaling-error')).toMatchObject([
      { event: 'connection', code: 'token-expired', retry: false },
    ]);

    await hospital.service.pass(WINDOW_MS - 1);
    const back = await as('patient', 'p', { resume: patient.welcome['resume-token'] });
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    await back.first('queue-position', (data) => data['room-id'] === room);
  });

  it('AUTH-6 is replaced in time by a later one, any number of times', async () => {
    const wanted: Wanted = { role: 'guest', subject: 'g', namespaces: [desk], ttlSeconds: 60 };
    const guest = await join({ token: await hospital.token(wanted) });
    for (let n = 0; n < 5; n += 1) {
      await hospital.service.pass(MINUTE_MS);
      await granted(guest.say('refresh-token', { token: await hospital.token(wanted) }));
    }
    await refused(
      guest.say('refresh-token', { token: await hospital.staleToken(wanted) }),
      'token-expired',
    );
    await guest.caughtUp();
    expect(guest.names()).toEqual([]);
  });
});

describe('an invitation', () => {
  const DAY_MS = 24 * 60 * MINUTE_MS;

  async function invite(fields: object): Promise<string> {
    const token = await hospital.token({ role: 'service', namespaces: [desk] });
    const answer = await fetch(`${hospital.url}/api/v1/invitations`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      body: JSON.stringify({ role: 'patient', subject: 'p', namespaces: [desk], ...fields }),
    });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { invitation: string }).invitation;
  }

  it('AUTH-8 is good once, for one room, and its token’s time begins with it', async () => {
    const room = freshRoom();
    const invitation = await invite({ room, ttlSeconds: 600 });
    await hospital.service.pass(60 * MINUTE_MS);
    const { token } = (await (await redeem(invitation)).json()) as { token: string };
    const patient = await join({ token });
    await refused(patient.say('create', { 'room-id': freshRoom() }), 'room-not-found');
    await granted(patient.say('create', { 'room-id': room }));
    expect((await redeem(invitation)).status).toBe(401);
  });

  it('AUTH-8 is good for one of many who redeem it at once', async () => {
    const invitation = await invite({ room: freshRoom() });
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => redeem(invitation, `198.51.100.${n}`)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(401)]);
  });

  it('AUTH-8 AUTH-4 looks the same if it is spent, too old, or never was', async () => {
    const [spent, old] = [await invite({ room: freshRoom() }), await invite({ room: freshRoom() })];
    await redeem(spent);
    await hospital.service.pass(DAY_MS);
    const path = '/api/v1/invitations/redeem';
    const ask = (invitation: string) =>
      bytesOf(hospital.url, { method: 'POST', path, fields: { invitation } });
    const never = await ask('x'.repeat(43));
    expect(codeIn(never)).toBe('token-invalid');
    expect(await ask(spent)).toBe(never);
    expect(await ask(old)).toBe(never);
  });
});

describe('STUN and TURN servers over HTTP', () => {
  it('ICE-2 ICE-4 are given to whoever has a token, with credentials of their own for an hour', async () => {
    const names: string[] = [];
    for (const role of ['doctor', 'patient', 'guest', 'service'] as const) {
      const token = await hospital.token({ role, subject: `Anna ${role}`, namespaces: [desk] });
      const headers = { Authorization: `Bearer ${token}` };
      const answer = await hospital.service.get('/api/v1/ice-servers', headers);
      const body = (await answer.json()) as Record<string, { username: string }[]>;
      const expiry = hospital.service.clock.now() + 60 * MINUTE_MS;
      expect(body['ice-expires-at']).toBe(new Date(expiry).toISOString());
      const [relay] = body['ice-servers'] ?? [];
      expect(relay).toMatchObject({ urls: [TURN.TURN_URLS], credential: expect.any(String) });
      names.push(relay?.username ?? '');
    }
    expect(new Set(names).size).toBe(4);
    expect(names.join()).not.toMatch(/Anna|doctor|patient|guest|service/);
  });

  it('ICE-2 are given to nobody without', async () => {
    const answer = await hospital.service.get('/api/v1/ice-servers');
    expect(answer.status).toBe(401);
    expect(await answer.text()).not.toContain('turn:');
  });
});
