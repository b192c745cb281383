import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startCoturn } from '../../test/support/coturn.ts';
import { freePort } from '../../test/support/free-port.ts';
import { Nginx } from '../../test/support/nginx.ts';
import { Process, ROOT, ServerProcess } from '../../test/support/process.ts';
import { RedisSentinels } from '../../test/support/redis-sentinels.ts';
import { RedisServer } from '../../test/support/redis-server.ts';
import { runCommand } from '../../test/support/run-command.ts';
import { loadConfig } from '../config.ts';
import { inspectSqliteStore, openSqliteStore } from '../data/sqlite-store.ts';
import { probeRedis } from '../redis/probe.ts';
import { checkCommand } from './check.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SECRET = 'the-secret-of-the-relay-of-this-clinic';

let folder: string;
let dataDir: string;
const toEnd: (() => unknown)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-'));
  dataDir = join(folder, 'data');
});
afterEach(async () => {
  for (const end of toEnd.splice(0).reverse()) await end();
  await rm(folder, { recursive: true });
});

function run(env: Record<string, string> = {}, ...args: string[]) {
  const settings = () => loadConfig({ DATA_DIR: dataDir, EXPRESS_PORT: '0', ...env });
  return runCommand(
    (ends) =>
      checkCommand({
        settings,
        inspectStore: inspectSqliteStore,
        probeRedis: (url, patienceMs) => probeRedis({ url, prefix: '{check}:' }, patienceMs),
        ...ends,
      }),
    args,
  );
}

/** What it says of one thing: level, sentence, remedy. */
async function about(what: string, env: Record<string, string>, ...args: string[]) {
  const { code, stdout } = await run(env, '--json', ...args);
  const all = JSON.parse(stdout) as Record<'about' | 'level' | 'says' | 'remedy', string>[];
  const found = all.filter((one) => one.about === what);
  return { code, levels: found.map(({ level }) => level), text: JSON.stringify(found) };
}

async function listen(server: Server): Promise<string> {
  toEnd.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('check', () => {
  it('CLI-1 ends with 0 where nothing failed, each in a line, and leaves nothing behind', async () => {
    const { code, stdout, stderr } = await run();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ok {7}settings {8}all are allowed$/m);
    expect(stdout).toMatch(/^ok {7}access +open, to this machine$/m);
    expect(stdout).toMatch(/^ok {7}data folder +.*can be made$/m);
    expect(stdout).toMatch(/^ok {7}store +SQLite, new/m);
    expect(stdout).not.toMatch(/Redis|TURN|TLS/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('CLI-1 ends with 78 where settings are wrong: each with what is allowed below it', async () => {
    const { code, stdout } = await run({
      EXPRESS_PORT: 'many',
      TURN_URLS: 'turn:relay',
      AUTH: 'x',
    });
    expect(code).toBe(78);
    expect(stdout).toMatch(
      /^failed {3}settings {8}EXPRESS_PORT: "many" is not allowed\n {25}Allowed: /m,
    );
    expect(stdout).toMatch(
      /^failed {3}settings {8}AUTH: "x" is not allowed\n {25}Allowed: open, jwt/m,
    );
    expect(stdout).toMatch(
      /^failed {3}settings {8}TURN_URLS: .*TURN_SECRET\n {25}Give that, too\./m,
    );
    expect(stdout).not.toContain('data folder');
  });

  it.each(['--loud', '--url ftp://calls.example.org', '--url https://calls.example.org/a'])(
    'CLI-1 `check %s` is a mistake: code 2',
    async (line) => {
      expect(await run({}, ...line.split(' '))).toMatchObject({ code: 2, stdout: '' });
    },
  );

  it('CLI-1 says who may come in', async () => {
    const open = { AUTH: 'open', HOST: '0.0.0.0' };
    expect(await about('access', open)).toMatchObject({ code: 0, levels: ['warning'] });
    const jwt = await about('access', { JWT_SECRET: SECRET });
    expect(jwt).toMatchObject({ levels: ['ok'], text: expect.stringContaining('by JWT_SECRET') });
    expect(jwt.text).not.toContain(SECRET);
  });
});

describe('check: the proxy', () => {
  const url = 'https://127.0.0.1:1';

  it.each([
    [{ PUBLIC_URL: url }, ['warning'], 'count as one address'],
    [{ PUBLIC_URL: url, TRUSTED_PROXIES: 'loopback' }, ['ok'], 'loopback'],
    [{}, [], '[]'],
  ])('CLI-5 %j: %j', async (env, levels, says) => {
    const found = await about('proxy', env);
    expect(found).toMatchObject({ levels, text: expect.stringContaining(says) });
  });
});

describe('check: port and store', () => {
  it('CLI-2 a server runs: the port is served by it, the store open in it', async () => {
    const server = await ServerProcess.start({ LOG_LEVEL: 'silent' });
    toEnd.push(() => server.clear());
    const { code, stdout } = await run({ DATA_DIR: server.dataDir, EXPRESS_PORT: server.port });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {7}port +.*is served by this server$/m);
    expect(stdout).toMatch(/^ok {7}store +SQLite, open in the running server$/m);
    const elsewhere = await about('store', { DATA_DIR: server.dataDir });
    expect(elsewhere).toMatchObject({ code: 1, levels: ['failed'] });
    expect(elsewhere.text).toMatch(/another server has it open.*Stop that one/);
  });

  it('CLI-2 the port is free, or taken by another program', async () => {
    const free = await about('port', { EXPRESS_PORT: String(await freePort()) });
    expect(free).toMatchObject({ code: 0, levels: ['ok'] });
    const url = await listen(createServer((_request, response) => void response.end('hello')));
    const taken = await about('port', { EXPRESS_PORT: new URL(url).port });
    expect(taken).toMatchObject({ code: 1, levels: ['failed'] });
    expect(taken.text).toMatch(/taken by another program.*EXPRESS_PORT/);
    const metrics = await about('metrics port', { METRICS_PORT: new URL(url).port });
    expect(metrics).toMatchObject({ code: 1, levels: ['failed'] });
    expect(metrics.text).toContain('set METRICS_PORT');
    const away = await about('port', { EXPRESS_PORT: new URL(url).port, HOST: '192.0.2.7' });
    expect(away).toMatchObject({ code: 1, text: expect.stringContaining('Set HOST') });
  });

  it('CLI-2 a store is whole, or why it is not, and stays as it is', async () => {
    await (await openSqliteStore({ dataDir })).data.close();
    expect((await about('store', {})).text).toContain('SQLite, whole');
    expect(await readdir(dataDir)).toEqual(['signaling.db']);
    await writeFile(join(dataDir, 'signaling.db'), 'what somebody else keeps here');
    const other = await about('store', {});
    expect(other).toMatchObject({ code: 1, levels: ['failed'] });
    expect(other.text).toMatch(/not an SQLite database.*"remedy":"Put back a good copy/);
  });

  it('CLI-2 a store whose server was killed is looked at without a trace', async () => {
    const server = await ServerProcess.start({ LOG_LEVEL: 'silent' });
    toEnd.push(() => server.clear());
    await server.signal('SIGKILL');
    const before = await readdir(server.dataDir);
    expect(before).toContain('signaling.db-wal');
    const found = await about('store', { DATA_DIR: server.dataDir });
    expect(found).toMatchObject({ code: 0, levels: ['ok'] });
    expect(await readdir(server.dataDir)).toEqual(before);
  });

  it('CLI-2 a data folder that is none', async () => {
    await writeFile(dataDir, 'a file');
    const found = await about('data folder', {});
    expect(found).toMatchObject({ code: 1, levels: ['failed'] });
    expect(found.text).toContain('set DATA_DIR');
  });

  it('CLI-2 the data folder was written in the future', async () => {
    await mkdir(dataDir);
    const file = join(dataDir, 'audit.db-wal');
    await writeFile(file, '');
    expect(await about('clock', {})).toMatchObject({ levels: ['ok'] });
    const future = new Date(Date.now() + 3_600_000);
    await utimes(file, future, future);
    const found = await about('clock', {});
    expect(found).toMatchObject({ code: 0, levels: ['warning'] });
    expect(found.text).toContain('yet to come');
  });
});

describe('check: Redis', () => {
  const redisWith = async (...options: string[]) => {
    const listens = (_folder: string, port: number) => ['--port', String(port), '--save', ''];
    const redis = await RedisServer.start({
      options: (at, port) => [...listens(at, port), ...options],
    });
    toEnd.push(() => redis.stop());
    return redis;
  };

  it('CLI-3 it answers, and what would lose data', async () => {
    const careless = await redisWith('--maxmemory-policy', 'allkeys-lru');
    const found = await about('Redis', { REDIS_URL: careless.url });
    expect(found).toMatchObject({ code: 0, levels: ['ok', 'warning', 'warning'] });
    expect(found.text).toMatch(/Set maxmemory-policy noeviction.*Set appendonly yes/);
    expect((await about('clock', { REDIS_URL: careless.url })).text).toContain(
      'in step with Redis',
    );
    const good = await redisWith('--appendonly', 'yes');
    expect(await about('Redis', { REDIS_URL: good.url })).toMatchObject({ levels: ['ok'] });
  });

  it('CLI-3 nobody answers, or asks for a password', async () => {
    const REDIS_URL = `redis://127.0.0.1:${await freePort()}`;
    const gone = await about('Redis', { REDIS_URL });
    expect(gone).toMatchObject({ code: 1, levels: ['failed'] });
    expect(gone.text).toMatch(/ECONNREFUSED.*correct REDIS_URL/);
    const shut = await redisWith();
    await shut.say('CONFIG', 'SET', 'requirepass', 'sesame');
    const { port } = shut;
    for (const login of ['', ':wrong-guess@']) {
      const refused = await about('Redis', { REDIS_URL: `redis://${login}127.0.0.1:${port}` });
      expect(refused).toMatchObject({ code: 1, levels: ['failed'] });
      expect(refused.text).toMatch(/(NOAUTH|WRONGPASS).*Correct user and password/);
      expect(refused.text).not.toContain('wrong-guess');
    }
    const open = await about('Redis', { REDIS_URL: `redis://:sesame@127.0.0.1:${port}` });
    expect(open.levels[0]).toBe('ok');
  });

  it('CLI-3 the primary that Sentinel names', async () => {
    const sentinels = await RedisSentinels.start();
    toEnd.push(() => sentinels.stop());
    expect((await about('Redis', { REDIS_URL: sentinels.url })).levels[0]).toBe('ok');
    const unknown = sentinels.url.replace(/[^/]*$/, 'nobody');
    const found = await about('Redis', { REDIS_URL: unknown });
    expect(found).toMatchObject({ code: 1, levels: ['failed'] });
    expect(found.text).toContain('correct REDIS_URL');
  });

  it('CLI-3 a replica takes no changes', async () => {
    const primary = await redisWith();
    const replica = await redisWith('--replicaof', '127.0.0.1', String(primary.port));
    const found = await about('Redis', { REDIS_URL: replica.url });
    expect(found).toMatchObject({ code: 1, levels: ['failed'] });
    expect(found.text).toMatch(/is a replica.*address of the primary/);
  });
});

describe('check: TURN', () => {
  const turn = (port: number, secret = SECRET) => ({
    TURN_URLS: `turn:127.0.0.1:${port}?transport=udp,turn:127.0.0.1:${port}?transport=tcp`,
    TURN_SECRET: secret,
    ICE_SERVERS: JSON.stringify([{ urls: `stun:127.0.0.1:${port}` }]),
  });

  it('CLI-4 the relay gives an address for the credentials that a client gets, and takes it back', async () => {
    const relay = await startCoturn({ secrets: [SECRET], options: ['--verbose'] });
    toEnd.push(() => relay.stop());
    const env = { ...turn(relay.port), TURN_URLS: `turn:127.0.0.1:${relay.port}` };
    expect(await about('TURN', env)).toMatchObject({ code: 0, levels: ['ok'] });
    await expect.poll(relay.log).toMatch(/ALLOCATE processed, success/);
    await expect.poll(relay.log).toMatch(/refreshed, .*lifetime=0\n.*REFRESH processed, success/);
    expect(await about('STUN', env)).toMatchObject({ levels: ['ok'] });
  });

  it('CLI-4 over UDP and TCP: it takes them, or does not', async () => {
    const relay = await startCoturn({ secrets: [SECRET] });
    toEnd.push(() => relay.stop());
    expect(await about('TURN', turn(relay.port))).toMatchObject({ code: 0, levels: ['ok', 'ok'] });
    const other = await about('TURN', turn(relay.port, SECRET.toUpperCase()));
    expect(other).toMatchObject({ code: 1, levels: ['failed', 'failed'] });
    expect(other.text).toMatch(/does not take the credentials \(401\).*static-auth-secret/);
  });

  it('CLI-4 nobody is there', async () => {
    const found = await about('TURN', turn(await freePort()));
    expect(found).toMatchObject({ code: 1, levels: ['failed', 'failed'] });
    expect(found.text).toContain('cannot be used');
  });
});

describe('check: the public address', () => {
  /** The server as a careless proxy shows it. */
  const proxy = (date = new Date(), body = '{"status":200,"msg":"Up."}') =>
    listen(
      createServer((request, response: ServerResponse) => {
        response.writeHead(request.url === '/' ? 200 : 400, { Date: date.toUTCString() });
        response.end(body);
      }),
    );

  it('CLI-5 TLS, this server and WebSocket, through a real proxy', async () => {
    const server = await ServerProcess.start({ LOG_LEVEL: 'silent' });
    toEnd.push(() => server.clear());
    const nginx = await Nginx.start(`127.0.0.1:${server.port}`);
    toEnd.push(() => nginx.stop());
    const env = { DATA_DIR: dataDir, EXPRESS_PORT: '0', PUBLIC_URL: nginx.url };
    const command = (more = {}) =>
      new Process(process.execPath, ['dist/app/cli.js', 'check'], ROOT, { ...env, ...more }).end();
    const trusted = await command({ NODE_EXTRA_CA_CERTS: nginx.certFile });
    expect(trusted).toMatchObject({ code: 0, stderr: '' });
    expect(trusted.stdout).toMatch(
      /^warning {2}TLS +the certificate is good for 0 more days\n +Renew/m,
    );
    expect(trusted.stdout).toMatch(/^ok {7}public address +.*leads to a server of this kind$/m);
    expect(trusted.stdout).toMatch(/^ok {7}WebSocket +gets through$/m);
    expect(trusted.stdout).toMatch(/^ok {7}clock +in step with 127\.0\.0\.1:\d+$/m);
    const stranger = await command();
    expect(stranger.code).toBe(1);
    expect(stranger.stdout).toMatch(
      /^failed {3}public address +.*self-signed.*\n +Take a certificate/m,
    );
  });

  it('CLI-5 a proxy that lets no WebSocket through, or leads elsewhere, or nowhere', async () => {
    const url = await proxy();
    expect(await about('public address', {}, '--url', url)).toMatchObject({ levels: ['ok'] });
    const webSocket = await about('WebSocket', {}, '--url', url);
    expect(webSocket).toMatchObject({ code: 1, levels: ['failed'] });
    expect(webSocket.text).toContain('Upgrade and Connection');
    const other = await about('public address', {}, '--url', await proxy(new Date(), 'It works!'));
    expect(other).toMatchObject({ code: 1, levels: ['failed'] });
    const gone = `http://127.0.0.1:${await freePort()}`;
    expect(await about('public address', { PUBLIC_URL: gone })).toMatchObject({
      code: 1,
      levels: ['failed'],
      text: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it.each([
    [0, 'ok', 'in step'],
    [30_000, 'warning', 'behind'],
    [-600_000, 'failed', 'ahead of'],
  ])('CLI-5 a clock there that is %d ms off is %s', async (offMs, level, says) => {
    const url = await proxy(new Date(Date.now() + offMs));
    const found = await about('clock', {}, '--url', url);
    expect(found).toMatchObject({ levels: [level], text: expect.stringContaining(says) });
  });
});
