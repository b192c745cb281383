import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TestClient } from '../support/clients.ts';
import { type Process, ROOT, ServerProcess, Process as Started } from '../support/process.ts';

vi.setConfig({ testTimeout: 60_000 });

const SOON = { timeout: 20_000 };

let server: ServerProcess;
let client: TestClient | undefined;

afterEach(async () => {
  client?.close();
  client = undefined;
  await server.clear();
});

type Line = Record<string, unknown>;

/** Each line of stdout, which has to be JSON. */
const linesOf = ({ stdout }: Pick<Process, 'stdout'>): Line[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const withWords = (lines: Line[], msg: string): Line[] => lines.filter((line) => line.msg === msg);

const PRODUCTION = { NODE_ENV: 'production', AUTH: 'open', HOST: '127.0.0.1' };

describe('in production', () => {
  it('LOG-3 every line is JSON with time, level and words, from the first to the last', async () => {
    server = await ServerProcess.start({ ...PRODUCTION, DRAIN_SECONDS: '0' });
    const ended = await server.signal('SIGTERM');
    const lines = linesOf(ended);
    for (const line of lines) {
      expect(line).toMatchObject({ level: 'info', msg: expect.any(String) });
      expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    }
    expect(lines.map(({ msg }) => msg).filter((msg) => msg !== 'head of the audit trail')).toEqual([
      'the node listens',
      'the node drains',
      'the node has ended',
    ]);
    expect(lines[0]).toMatchObject({ url: server.url, store: 'sqlite', access: 'open' });
  });

  it('LOG-4 what a request or a connection has caused carries its mark', async () => {
    const faults = join(ROOT, 'test/support/fault.child.mjs');
    const env = { ...PRODUCTION, LOG_LEVEL: 'trace', DRAIN_SECONDS: '0' };
    server = await ServerProcess.start({ ...env, NODE_OPTIONS: `--import=${faults}` });
    const made = await fetch(`${server.url}/create-namespace?namespaceId=clinic`);
    client = await new TestClient(server.url, 'clinic').ready();
    await client.say('leave', { 'room-id': 'nowhere' });
    await client.say('ready', { camera: true, microphone: true });
    const failed = await client.say('create', { 'room-id': 'r', note: 'fault-now' });
    expect(failed).toMatchObject({ code: 'internal' });
    client.close();
    const lines = linesOf(await server.signal('SIGTERM'));

    const request = made.headers.get('x-request-id');
    expect(request).toMatch(/^[\w-]{12}$/);
    const answered = withWords(lines, 'a request is answered');
    expect(answered.find((line) => line.request === request)).toMatchObject({
      level: 'debug',
      method: 'GET',
      route: 'create-namespace',
      status: 200,
    });
    const [arrival] = withWords(lines, 'a client arrives');
    const connection = arrival?.connection;
    expect(connection).toMatch(/^[\w-]{12}$/);
    const ofConnection = lines.filter((line) => line.connection === connection);
    expect(ofConnection.map(({ level, msg, event }) => [level, msg, event])).toEqual([
      ['debug', 'a client arrives', undefined],
      ['debug', 'an event is refused', 'leave'],
      ['debug', 'an event is refused', 'ready'],
      ['error', 'an event failed', 'create'],
      ['debug', 'an event is refused', 'create'],
      ['debug', 'a connection ended', undefined],
    ]);
  });

  it('LOG-5 a fault that ends the process is its last line', async () => {
    const faults = join(ROOT, 'test/support/fault.child.mjs');
    server = await ServerProcess.start({ ...PRODUCTION, NODE_OPTIONS: `--import=${faults}` });
    const ended = await server.signal('SIGUSR2');
    expect(ended.code).toBe(70);
    expect(linesOf(ended).at(-1)).toMatchObject({
      level: 'fatal',
      msg: 'the process ends by a fault in it',
      err: { type: 'Error', at: expect.any(Array) },
    });
  });
});

describe('in development', () => {
  it('LOG-3 at a terminal lines are for people', async () => {
    server = await ServerProcess.make();
    const command = `${process.execPath} ${join(ROOT, 'dist/app/server.js')}`;
    const env = { DATA_DIR: server.dataDir, EXPRESS_PORT: '0', LOG_LEVEL: 'debug' };
    const terminal = new Started('script', ['-qec', command, '/dev/null'], server.folder, env);
    const url = await terminal.listening();
    await fetch(`${url}/healthz`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
    const said = () => terminal.stdout.replace(/\u001b\[\d+m/g, '');
    await expect.poll(said, SOON).toMatch(/\[\d\d:\d\d:\d\d\] DEBUG: a request is answered/);
    expect(said()).not.toContain('{"level"');
    await terminal.signal('SIGTERM');
  });
});
