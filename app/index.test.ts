import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NO_AUDIT } from '../test/support/no-audit.ts';
import { openAccess } from './auth/access.ts';
import { systemClock } from './clock.ts';
import { loadConfig } from './config.ts';
import type { ConsultationRecords } from './data/consultation-records.ts';
import type { SessionData } from './data/session-data.ts';
import { openSqliteStore } from './data/sqlite-store.ts';
import { FailedAttempts } from './http/failed-attempts.ts';
import { createIceServers } from './ice/ice-servers.ts';
import { type AppParts, createApp } from './index.ts';
import { createCounts } from './ops/metrics/counts.ts';

let dataDir: string;
let data: SessionData;
let records: ConsultationRecords;
let written: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'app-'));
  ({ data, records } = await openSqliteStore({ dataDir }));
  written = '';
});
afterEach(async () => {
  await data.close();
  await rm(dataDir, { recursive: true });
});

/** The application alone, without sockets: there is nobody to tell of the steps of a use case. */
const appWith = (env: Record<string, string>, parts: Partial<AppParts> = {}) =>
  createApp({
    config: loadConfig(env),
    data,
    records,
    clock: systemClock,
    perform: async (_namespaceId, useCase) => (await useCase()).reply,
    ids: { uuid: randomUUID },
    readiness: () => ({ ready: true }),
    counts: createCounts(),
    registry: undefined,
    access: openAccess,
    audit: NO_AUDIT,
    ice: createIceServers(loadConfig({}).ice, systemClock),
    mint: undefined,
    addressOf: () => '127.0.0.1',
    failures: new FailedAttempts({ attempts: 10, withinMs: 60_000, blockMs: 60_000 }),
    logger: pino({ level: 'trace' }, { write: (line) => (written += line) }),
    ...parts,
  });

describe('HTTP-17 HTTPS', () => {
  it('HTTP-17 is demanded in production, of this host alone', async () => {
    const { headers } = await appWith({ NODE_ENV: 'production', AUTH: 'open' }).inject('/');
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
  });

  it('HTTP-17 is not demanded on a desk', async () => {
    const { headers } = await appWith({}).inject('/');
    expect(headers).not.toHaveProperty('strict-transport-security');
  });
});

describe('HTTP-18 the log', () => {
  it('HTTP-18 says of requests no more than method, route, status and time, and that at debug only', async () => {
    const app = appWith({});
    await app.inject('/create-namespace?namespaceId=ward-7');
    await app.inject('/create-room?namespaceId=ward-8');
    await app.inject('/anna-muster');
    await app.inject({ method: 'POST', url: '/join-room', body: { roomId: ['anna'] } });
    await app.close();
    const lines = written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ level, method, route, status }) => [level, method, route, status])).toEqual(
      [
        [20, 'GET', 'create-namespace', 200],
        [20, 'GET', 'create-room', 404],
        [20, 'GET', 'none', 404],
        [20, 'POST', 'join-room', 400],
      ],
    );
    expect(written).not.toMatch(/ward|anna/);
  });

  it('HTTP-18 says of a failure what failed, without the ids in it', async () => {
    const app = appWith({}, { perform: () => Promise.reject(new Error('no ward-7 on the disk')) });
    const response = await app.inject('/api/create-namespace?namespaceId=ward-7');
    expect(response.json()).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.parse(written.split('\n')[0] ?? '')).toMatchObject({
      request: response.headers['x-request-id'],
      level: 50,
      code: 'internal',
      method: 'GET',
      route: '/api/create-namespace',
    });
    expect(written).not.toContain('ward-7');
  });
});

describe('HTTP-19 CORS', () => {
  const ours = 'https://clinic.example';
  const foreign = 'https://elsewhere.example';
  const allowedFor = async (app: ReturnType<typeof createApp>, url: string, origin: string) => {
    const { headers } = await app.inject({ url, headers: { origin } });
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    return headers['access-control-allow-origin'];
  };

  it('HTTP-19 by default any origin may read any answer', async () => {
    const app = appWith({});
    for (const url of ['/', '/create-room', '/api/create-namespace', '/nothing']) {
      expect(await allowedFor(app, url, foreign)).toBe('*');
    }
  });

  it('HTTP-19 with a list only those on it may', async () => {
    const app = appWith({ ALLOWED_ORIGINS: `${ours},https://b.example` });
    for (const url of ['/', '/create-room', '/api/create-namespace', '/nothing']) {
      expect(await allowedFor(app, url, ours)).toBe(ours);
      expect(await allowedFor(app, url, foreign)).toBeUndefined();
      expect(await allowedFor(app, url, `${ours}.evil.example`)).toBeUndefined();
      expect(await allowedFor(app, url, 'null')).toBeUndefined();
    }
    const { headers } = await app.inject({ url: '/', headers: { origin: ours } });
    expect(headers.vary).toContain('Origin');
  });

  it('HTTP-19 a page may ask beforehand whether it may POST JSON', async () => {
    const app = appWith({ ALLOWED_ORIGINS: ours });
    const ask = (origin: string) =>
      app.inject({
        method: 'OPTIONS',
        url: '/api/create-room',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type',
        },
      });
    expect(await ask(ours)).toMatchObject({
      statusCode: 204,
      headers: {
        'access-control-allow-origin': ours,
        'access-control-allow-methods': 'GET, HEAD, POST',
        'access-control-allow-headers': 'content-type',
      },
    });
    expect((await ask(foreign)).headers).not.toHaveProperty('access-control-allow-origin');
  });
});
