import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BusyDay } from '../support/busy-day.ts';
import { Canaries } from '../support/canaries.ts';
import { type Ended, Process, ROOT, ServerProcess } from '../support/process.ts';

vi.setConfig({ testTimeout: 60_000 });

const FAULTS = join(ROOT, 'test/support/fault.child.mjs');
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

let canaries: Canaries;
let secret: string;
let server: ServerProcess;

beforeEach(() => {
  canaries = new Canaries();
  secret = canaries.make('secret') + canaries.make('secret');
});

afterEach(() => server.clear());

/** A server that listens, whose own code can be made to fail. */
async function start(env: Record<string, string> = {}): Promise<void> {
  server = await ServerProcess.start({
    JWT_SECRET: secret,
    TURN_URLS: 'turn:turn.clinic.example',
    TURN_SECRET: canaries.make('secret') + canaries.make('secret'),
    DRAIN_SECONDS: '0',
    NODE_OPTIONS: `--import=${FAULTS}`,
    ...env,
  });
}

const day = () => new BusyDay(server.url, canaries, secret).pass();

/** What the process said, and which canaries are in it. */
const saidBy = ({ stdout, stderr }: Pick<Ended, 'stdout' | 'stderr'>) =>
  canaries.in(stdout + stderr);

describe('what the server says', () => {
  it.each(LEVELS)('LOG-1 holds nothing of anybody, with LOG_LEVEL=%s', async (level) => {
    await start({ LOG_LEVEL: level });
    await day();
    const ended = await server.signal('SIGTERM');
    expect(ended.code).toBe(0);
    expect(saidBy(ended)).toEqual([]);
    if (level === 'trace') expect(ended.stdout).toContain('an event failed');
  });

  it('LOG-1 holds nothing of anybody where it ends by a fault of its own', async () => {
    await start({ LOG_LEVEL: 'trace' });
    await day();
    const ended = await server.signal('SIGUSR2');
    expect(ended).toMatchObject({ code: 70, signal: null });
    expect(ended.stderr).toMatch(/Error\n +at .*fault\.child\.mjs/);
    expect(saidBy(ended)).toEqual([]);
  });

  it('LOG-1 holds nothing of anybody where its disk is full', async () => {
    await start();
    await server.signal('SIGTERM');
    const { folder, dataDir } = server;
    const limited = `trap '' XFSZ; ulimit -f 1000; exec ${process.execPath} ${join(ROOT, 'dist/app/server.js')}`;
    const env = { DATA_DIR: dataDir, EXPRESS_PORT: '0', JWT_SECRET: secret, LOG_LEVEL: 'trace' };
    const full = new Process('bash', ['-c', limited], folder, env);
    try {
      const url = await full.listening();
      await new BusyDay(url, canaries, secret).fill();
      const ended = await full.signal('SIGTERM');
      expect(saidBy(ended)).toEqual([]);
    } finally {
      await full.signal('SIGKILL');
    }
  });

  it('LOG-1 holds nothing of anybody where its store is damaged', async () => {
    await start();
    await day();
    await server.signal('SIGTERM');
    await damage(join(server.dataDir, 'signaling.db'));
    const ended = await server.run().end();
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('damaged');
    expect(saidBy(ended)).toEqual([]);
  });
});

describe('what stays on the disk', () => {
  const AUDITED = ['namespace id', 'room id', 'subject'];

  it('LOG-2 is what somebody waits with, and ids in the audit trail and in the records', async () => {
    await start();
    await day();
    expect((await server.signal('SIGTERM')).code).toBe(0);
    const files = canaries.inFiles(server.dataDir);
    expect(files['audit.db']).toEqual(AUDITED);
    expect(files['signaling.db']).toEqual(expect.arrayContaining(['name of who waits']));
    expect(Object.keys(files)).toEqual(['audit.db', 'signaling.db']);
    const known = [...AUDITED, 'name of who waits'];
    expect(files['signaling.db']?.filter((kind) => !known.includes(kind))).toEqual([]);
  });

  it('LOG-2 is no more than that after the process was killed, and started again', async () => {
    await start();
    await day();
    await server.signal('SIGKILL');
    await server.start();
    const files = canaries.inFiles(server.dataDir);
    const known = [...AUDITED, 'name of who waits'];
    expect(
      Object.values(files)
        .flat()
        .filter((kind) => !known.includes(kind)),
    ).toEqual([]);
  });
});

/** Spoils every page of the file but the first. */
async function damage(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  for (let at = PAGE_BYTES; at < size; at += PAGE_BYTES)
    await file.write(Buffer.alloc(8, 0xff), 0, 8, at);
  await file.close();
}

const PAGE_BYTES = 4096;
