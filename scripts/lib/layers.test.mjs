import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkLayers } from './layers.mjs';

/** A small clone in which every import is allowed. @type {Record<string, string>} */
const SOUND = {
  'packages/protocol/package.json': JSON.stringify({
    name: '@telemedicine-signaling/protocol',
    exports: { '.': { source: './src/index.ts' } },
  }),
  'packages/protocol/src/index.ts': "import { z } from 'zod'; export const id = z;",
  'node_modules/zod/index.js': 'export const z = 1;',
  'node_modules/fastify/index.js': 'export default 1;',
  'node_modules/libsql/index.js': 'export default 1;',
  'app/data/session-data.ts':
    "import { id } from '@telemedicine-signaling/protocol'; export type Room = typeof id;",
  'app/data/session-data-sqlite.ts':
    "import 'libsql'; import 'node:fs'; import type { Room } from './session-data.ts'; export type R = Room;",
  'app/rooms/room.ts':
    "import { createHash } from 'node:crypto'; import type { Room } from '../data/session-data.ts'; export type R = [Room, typeof createHash];",
  'app/rooms/router.ts':
    "import 'node:http'; import type { R } from './room.ts'; import fastify from 'fastify'; export type S = [R, typeof fastify];",
  'app/namespaces/namespace.ts':
    "import type { Room } from '../data/session-data.ts'; export type N = Room;",
  'app/namespaces/router.ts': "export type { N } from './namespace.ts';",
  'app/index.ts': "export * from './rooms/router.ts'; export * from './namespaces/router.ts';",
  'app/start.ts': "import './index.ts'; import './data/session-data-sqlite.ts';",
  'app/server.ts': "import './start.ts';",
  'app/rooms/room.test.ts': "import './room.ts'; import '../../test/support/clock.ts';",
  'test/support/clock.ts': "import '../../app/start.ts';",
};

/** @type {string[]} */
const folders = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Writes these files into a new folder. @param {Record<string, string>} files */
function clone(files) {
  const root = mkdtempSync(join(tmpdir(), 'layers-'));
  folders.push(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  mkdirSync(join(root, 'node_modules/@telemedicine-signaling'), { recursive: true });
  symlinkSync(
    join(root, 'packages/protocol'),
    join(root, 'node_modules/@telemedicine-signaling/protocol'),
  );
  return root;
}

describe('the table of layers', () => {
  it('lets through what it allows, and says how much it looked at', async () => {
    expect(await checkLayers(clone(SOUND))).toEqual({
      ok: true,
      report: expect.stringMatching(/^\d\d modules, \d\d imports$/),
    });
  });

  it.each([
    [
      'a use case that knows HTTP',
      'app/rooms/room.ts',
      "import 'fastify';",
      'layer 2 use cases rooms',
    ],
    [
      'a use case that opens files',
      'app/rooms/room.ts',
      "import 'node:fs';",
      'layer 2 use cases rooms',
    ],
    [
      'rooms that know a type of namespaces',
      'app/rooms/room.ts',
      "import type { N } from '../namespaces/namespace.ts'; export type X = N;",
      'layer 2 use cases rooms',
    ],
    [
      'a router that knows the other router’s use cases',
      'app/namespaces/router.ts',
      "import '../rooms/room.ts';",
      'layer 3 routers',
    ],
    [
      'a router that picks a backend',
      'app/rooms/router.ts',
      "import '../data/session-data-sqlite.ts';",
      'layer 3 routers',
    ],
    ['a router with a driver', 'app/rooms/router.ts', "import 'libsql';", 'layer 3 routers'],
    [
      'an adapter that knows a use case',
      'app/data/session-data-sqlite.ts',
      "import '../rooms/room.ts';",
      'layer 2 adapters data-sqlite',
    ],
    ['a port with a driver', 'app/data/session-data.ts', "import 'libsql';", 'layer 1 basics'],
    [
      'the protocol with the server',
      'packages/protocol/src/index.ts',
      "import '../../../app/config.ts';",
      'layer 0 protocol',
    ],
    [
      'code that imports a test’s help',
      'app/index.ts',
      "import '../test/support/clock.ts';",
      'nothing imports tests',
    ],
    ['a file in no row', 'app/misc.ts', "import './index.ts';", 'no place in the table'],
    ['an import of nothing', 'app/index.ts', "import './gone.ts';", 'resolvable'],
    [
      'a circle of types',
      'app/data/session-data.ts',
      "import type { R } from './session-data-sqlite.ts'; export type Room = R;",
      'no circles',
    ],
    ['a file by itself', 'app/rooms/alone.ts', 'export const alone = 1;', 'no orphans'],
  ])('refuses %s', async (_, file, content, rule) => {
    const { ok, report } = await checkLayers(clone({ ...SOUND, [file]: content }));
    expect(ok).toBe(false);
    expect(report).toContain(`${rule}: ${file}`);
  });

  it.each([
    ['there is no module', {}],
    ['modules are there, but no import is seen', { 'app/index.ts': 'export {};' }],
  ])('fails when %s', async (_, files) => {
    expect(await checkLayers(clone({ 'app/readme.md': '', ...files }))).toEqual({
      ok: false,
      report: expect.stringContaining('Nothing was looked at'),
    });
  });
});
