import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startChild } from '../contract/child-process.contract.ts';
import { aClient, aRoom, NOW } from '../contract/fixtures.contract.ts';
import { openSqliteSessionData } from '../session-data-sqlite.ts';
import { StoreOpenError, type StoreOpenFault } from '../store-open-error.ts';

// Some tests start a process that has to be compiled first.
vi.setConfig({ testTimeout: 30_000 });

let root: string;
let dataDir: string;
let file: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'signaling-open-'));
  dataDir = join(root, 'data');
  file = join(dataDir, 'signaling.db');
});

afterEach(() => rmSync(root, { recursive: true }));

const opener = () => ({
  module: new URL('../session-data-sqlite.ts', import.meta.url).href,
  name: 'openSqliteSessionData',
  options: { dataDir },
});

/** A store with something in it, closed. */
async function aClosedStore(): Promise<void> {
  const data = await openSqliteSessionData({ dataDir });
  await data.createNamespace('desk', NOW);
  for (let n = 0; n < 200; n += 1) {
    await data.createRoom(
      aRoom({ id: `room-${n}`, state: 'waiting', entry: { text: 'x'.repeat(200) } }),
    );
  }
  await data.close();
}

/** A store whose process was killed: part of what it holds is in the log beside the file. */
async function aKilledStore(): Promise<void> {
  await aClosedStore();
  const child = startChild(opener(), 'write');
  for await (const line of child.lines) if (line === '20') break;
  await child.kill();
}

/** What is in the folder, to the byte, without an empty log and the index of the log. */
const contents = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dataDir)
      .filter((name) => !name.endsWith('-shm') && statSync(join(dataDir, name)).size > 0)
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(dataDir, name)))
          .digest('hex'),
      ]),
  );

/** Opening has to fail with this fault, to name the file and what to do, and to change nothing. */
async function expectRefusal(fault: StoreOpenFault, message: RegExp): Promise<void> {
  const before = existsSync(file) && statSync(file).isFile() ? contents() : undefined;
  const error = await openSqliteSessionData({ dataDir }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StoreOpenError);
  const { message: text, fault: found } = error as StoreOpenError;
  expect(text).toMatch(message);
  expect(found).toBe(fault);
  expect(text).toContain(file);
  expect(text).toMatch(/(Put back|Set DATA_DIR|set DATA_DIR|Start that version)/);
  if (before !== undefined) expect(contents()).toEqual(before);
}

function damage(change: (bytes: Buffer) => Buffer): void {
  writeFileSync(file, change(readFileSync(file)));
}

/** Runs as a user with no rights of its own, since to root every file is writable. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await work();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('a store that is opened', () => {
  test('STORE-30 makes its folder, for its own user alone, whatever the name', async () => {
    dataDir = join(root, "a b/it's 100% ?#&;ü");
    const data = await openSqliteSessionData({ dataDir });
    await data.createNamespace('desk', NOW);
    await data.close();
    expect(readdirSync(dataDir)).toEqual(['signaling.db']);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    const again = await openSqliteSessionData({ dataDir });
    expect(await again.hasNamespace('desk')).toBe(true);
    await again.close();
  });

  test('STORE-30 is one file after an orderly stop, also when the last one was killed', async () => {
    await aKilledStore();
    expect(readdirSync(dataDir)).toContain('signaling.db-wal');
    const data = await openSqliteSessionData({ dataDir });
    expect(await data.findClient('client-20')).toEqual(
      aClient({ id: 'client-20', generation: 20 }),
    );
    await data.close();
    expect(readdirSync(dataDir)).toEqual(['signaling.db']);
  });

  test('STORE-30 takes an empty file as a new store', async () => {
    mkdirSync(dataDir);
    writeFileSync(file, '');
    const data = await openSqliteSessionData({ dataDir });
    expect(await data.createNamespace('desk', NOW)).toBe(true);
    await data.close();
  });

  test('STORE-30 undoes a change in which its process was killed', async () => {
    await aClosedStore();
    const hot = join(root, 'hot');
    mkdirSync(hot);
    const db = new Database(file);
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN');
    db.exec(
      "UPDATE rooms SET members = members || 'spoilt'; UPDATE room_entries SET entry = 'spoilt'",
    );
    for (const name of ['signaling.db', 'signaling.db-journal']) {
      copyFileSync(join(dataDir, name), join(hot, name));
    }
    db.exec('ROLLBACK');
    db.close();
    dataDir = hot;
    const data = await openSqliteSessionData({ dataDir });
    expect(await data.countWaiting('desk')).toBe(200);
    expect(await data.findRoom('room-7')).toMatchObject({ members: [], entry: { text: /x+/ } });
    await data.close();
  });
});

describe('a store that cannot be opened', () => {
  test('STORE-31 a file that is not a database is refused', async () => {
    mkdirSync(dataDir);
    for (const text of ['hello', 'hello '.repeat(2000)]) {
      writeFileSync(file, text);
      await expectRefusal('not-a-database', /not an SQLite database/);
    }
  });

  test('STORE-31 a folder in place of the file is refused', async () => {
    mkdirSync(file, { recursive: true });
    await expectRefusal('not-a-database', /not a file at all/);
  });

  test('STORE-32 a file that is damaged inside is refused', async () => {
    await aClosedStore();
    const whole = readFileSync(file);
    damage((bytes) => bytes.fill(0xff, 4096 * 20, 4096 * 21));
    await expectRefusal('damaged', /damaged inside/);
    damage(() => whole.subarray(0, 4096 * 10));
    await expectRefusal('damaged', /damaged inside/);
    damage(() => Buffer.from(whole).fill(0xff, 100, 140));
    await expectRefusal('damaged', /damaged inside/);
  });

  test('STORE-32 the log beside a damaged file is left as it is, too', async () => {
    await aKilledStore();
    damage((bytes) => bytes.fill(0xff, 4096 * 5));
    expect(statSync(`${file}-wal`).size).toBeGreaterThan(0);
    await expectRefusal('damaged', /damaged inside/);
  });

  test('STORE-33 a file of a newer version is refused', async () => {
    await aKilledStore();
    const db = new Database(file);
    db.exec('PRAGMA user_version = 99');
    db.close();
    await expectRefusal('newer', /newer version .*version 99/);
  });

  test("STORE-33 another program's database is refused", async () => {
    mkdirSync(dataDir);
    const db = new Database(file);
    db.exec('CREATE TABLE patients (name TEXT)');
    db.close();
    await expectRefusal('foreign', /another program/);
  });

  test('STORE-34 a folder that cannot be made is refused', async () => {
    writeFileSync(dataDir, 'a file');
    await expectRefusal('not-writable', /cannot write/);
    expect(readFileSync(dataDir, 'utf8')).toBe('a file');
    dataDir = join(dataDir, 'below');
    file = join(dataDir, 'signaling.db');
    await expectRefusal('not-writable', /cannot write/);
  });

  test('STORE-34 a folder or a file that this user may not write is refused', async () => {
    await aClosedStore();
    chmodSync(root, 0o755);
    chmodSync(file, 0o444);
    for (const mode of [0o555, 0o777]) {
      chmodSync(dataDir, mode);
      await asNobody(() => expectRefusal('not-writable', /cannot write/));
    }
    rmSync(file);
    chmodSync(dataDir, 0o555);
    await asNobody(() => expectRefusal('not-writable', /cannot write/));
    expect(readdirSync(dataDir)).not.toContain('signaling.db');
  });

  test('STORE-35 a second server on the same file is refused and does not disturb the first', async () => {
    const first = await openSqliteSessionData({ dataDir });
    await first.createNamespace('desk', NOW);
    await expectRefusalWhileOpen();
    expect(await first.createNamespace('next', NOW)).toBe(true);
    await first.close();
    const second = await openSqliteSessionData({ dataDir });
    expect(await second.hasNamespace('next')).toBe(true);
    await second.close();
  });

  test('STORE-35 the lock goes with the process that held it, also by SIGKILL', async () => {
    const child = startChild(opener(), 'hold-open');
    for await (const line of child.lines) if (line === 'open') break;
    await expectRefusalWhileOpen();
    await child.kill();
    const data = await openSqliteSessionData({ dataDir });
    expect(await data.createNamespace('desk', NOW)).toBe(true);
    await data.close();
  });
});

/** Without a look into the file: to read it in the process that has it open would drop the lock. */
async function expectRefusalWhileOpen(): Promise<void> {
  const error = await openSqliteSessionData({ dataDir }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(StoreOpenError);
  expect(error).toMatchObject({ fault: 'in-use', message: expect.stringContaining(file) });
}
