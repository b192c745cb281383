import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TestClient } from '../support/clients.ts';
import { ServerProcess } from '../support/process.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let server: ServerProcess;

beforeEach(async () => {
  server = await ServerProcess.make();
});
afterEach(() => server.clear());

test('START-1 says where it listens, what it stores and whom it lets in', async () => {
  const began = performance.now();
  const { stdout } = await server.start();
  // The goal is 1.5 s. Told, not asserted: this machine may be busy.
  console.log(`The built server listened after ${Math.round(performance.now() - began)} ms.`);

  expect(stdout).toContain(server.url);
  expect(stdout).toContain(server.dataDir);
  expect(stdout).toMatch(/Store +SQLite/);
  expect(stdout).toMatch(/Access +open/);
  expect(stdout).toContain(`Open        ${server.url}/`);
  expect((await fetch(server.url)).status).toBe(200);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'START-2 ends with 0 on %s, with clients connected, and starts again',
  async (signal) => {
    await server.start();
    await fetch(`${server.url}/create-namespace?namespaceId=clinic-7`);
    const websocket = await new TestClient(server.url, 'clinic-7').ready();
    const polling = await new TestClient(server.url, 'clinic-7', { transport: 'polling' }).ready();

    expect(await server.signal(signal)).toMatchObject({ code: 0, stderr: '' });
    await Promise.all([websocket.ended(), polling.ended()]);

    await server.start();
    const answer = await fetch(`${server.url}/check-availability?namespaceId=clinic-7`);
    expect(await answer.json()).toMatchObject({ availability: true });
  },
);

test('CONFIG-3 names all mistakes in its settings at once, and does not start', async () => {
  const wrong = {
    EXPRESS_PORT: 'three thousand',
    LOG_LEVEL: 'loud',
    ALLOWED_ORIGINS: 'not an origin',
    WINDOW_PATIENT_SECONDS: '-1',
  };
  const { code, stdout, stderr } = await server.run(wrong).end();

  expect(code).toBe(78);
  for (const name of Object.keys(wrong)) expect(stderr).toMatch(new RegExp(`^ *${name}: `, 'm'));
  expect(stderr).toContain('a whole number from 0 to 65535');
  expect(stderr).not.toContain('    at ');
  expect(stdout).toBe('');
});

test('CONFIG-2 reads .env in the folder in which it is started; its own environment wins', async () => {
  await writeFile(join(server.folder, '.env'), 'LOG_LEVEL=loud\nEXPRESS_PORT=wrong\n');
  const { code, stderr } = await server.run().end();

  expect(code).toBe(78);
  expect(stderr).toContain('LOG_LEVEL');
  expect(stderr).not.toContain('EXPRESS_PORT');
});

test('CONFIG-4 a value can stand in a file, named by NAME_FILE; one that cannot be read is named', async () => {
  const level = join(server.folder, 'level');
  await writeFile(level, 'loud\n');
  const wrong = await server.run({ LOG_LEVEL: '', LOG_LEVEL_FILE: level }).end();
  expect(wrong.code).toBe(78);
  expect(wrong.stderr).toContain('LOG_LEVEL: "loud" is not allowed');

  const gone = await server.run({ JWT_SECRET_FILE: join(server.folder, 'gone') }).end();
  expect(gone.code).toBe(78);
  expect(gone.stderr).toContain('JWT_SECRET_FILE');
});

test('START-3 says that the port is taken, and how to take another', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const { code, stderr } = await server.run({ EXPRESS_PORT: port }).end();
  other.close();

  expect(code).toBe(1);
  expect(stderr).toContain(`Port ${port} is taken`);
  expect(stderr).toContain('EXPRESS_PORT');
});

test('STORE-35 a second start on the same data says so, and leaves the first alone', async () => {
  await server.start();
  const { code, stderr } = await server.run({ EXPRESS_PORT: '0' }).end();

  expect(code).toBe(1);
  expect(stderr).toContain('another server has it open');
  expect(stderr).toContain('DATA_DIR');
  expect((await fetch(`${server.url}/create-namespace?namespaceId=clinic-7`)).status).toBe(200);
});

test('STORE-31 a file that is no database is named and left untouched', async () => {
  const file = join(server.dataDir, 'signaling.db');
  await mkdir(server.dataDir);
  await writeFile(file, 'what somebody else keeps here\n'.repeat(500));
  const before = await readFile(file);
  const { code, stdout, stderr } = await server.run().end();

  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain(file);
  expect(stderr).toContain('not an SQLite database');
  expect(await readFile(file)).toEqual(before);
  expect(await readdir(server.dataDir)).toEqual(['signaling.db']);
});

test('STORE-32 a file that is damaged inside is named and left untouched', async () => {
  await server.start();
  for (let index = 0; index < 200; index += 1) {
    await fetch(`${server.url}/create-room`);
  }
  await server.signal('SIGTERM');
  const file = join(server.dataDir, 'signaling.db');
  const content = await readFile(file);
  content.fill(0xa5, 4096, content.length - 4096);
  await writeFile(file, content);
  const before = createHash('sha256').update(content).digest('hex');

  const { code, stderr } = await server.run().end();

  expect(code).toBe(1);
  expect(stderr).toContain(file);
  expect(stderr).toContain('damaged');
  expect(
    createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
  ).toBe(before);
});
