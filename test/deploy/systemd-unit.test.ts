import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { VARIABLES } from '../../app/config/variables.ts';
import { loadConfig } from '../../app/config.ts';
import { ServerProcess } from '../support/process.ts';

vi.setConfig({ testTimeout: 60_000 });

const NAME = 'telemedicine-signaling.service';
const UNIT = readFileSync(new URL(`../../deploy/${NAME}`, import.meta.url), 'utf8');

/** All values that the unit gives a setting, in order. */
const valuesOf = (setting: string): string[] =>
  [...UNIT.matchAll(new RegExp(`^${setting}=(.*)$`, 'gm'))].map(([, value = '']) => value);

/** The environment that the unit makes, with systemd's own places in `folder`. */
const environmentIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    valuesOf('Environment').map((line) => {
      const [name = '', value = ''] = line.split('=');
      return [name, value.replace('%S', folder).replace('%d', folder)];
    }),
  );

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unit-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('deploy/telemedicine-signaling.service', () => {
  it('UNIT-1 names settings that there are, and takes its secrets from files', () => {
    const names = Object.keys(environmentIn(folder)).map((name) => name.replace(/_FILE$/, ''));
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !(name in VARIABLES))).toEqual([]);
    const secrets = Object.keys(environmentIn(folder)).filter((name) =>
      /SECRET|PASSWORD/.test(name),
    );
    expect(secrets.filter((name) => !name.endsWith('_FILE'))).toEqual([]);
  });

  it('UNIT-1 gives it the time that it takes to drain, and does not repeat what is set wrong', () => {
    const [stopSeconds = ''] = valuesOf('TimeoutStopSec');
    expect(Number(stopSeconds) * 1000).toBeGreaterThan(3 * loadConfig({}).drainMs);
    expect(valuesOf('RestartPreventExitStatus')).toEqual(['78']);
  });

  it('UNIT-1 its environment starts the server, which ends with 0 at SIGTERM', async () => {
    await writeFile(join(folder, 'jwt-secret'), 'a secret of this test alone: 0123456789abcdef\n');
    const server = await ServerProcess.make({ ...environmentIn(folder), DRAIN_SECONDS: '0' });
    try {
      const { stdout } = await server.start();
      // Where it keeps its data, and who may come in.
      expect(await readdir(join(folder, 'telemedicine-signaling'))).toContain('signaling.db');
      expect(stdout).toMatch(/"access":"jwt"/);
      expect(await server.signal('SIGTERM')).toMatchObject({ code: 0 });
    } finally {
      await server.clear();
    }
  });
});

/** There is no systemd but on Linux. */
describe.runIf(process.platform === 'linux')('systemd, of that unit', () => {
  const analyze = async (...args: string[]) => {
    const path = join(folder, NAME);
    // What it starts is where this test has it.
    const here = `${process.execPath} ${new URL('../../', import.meta.url).pathname}`;
    await writeFile(path, UNIT.replace('/usr/bin/node /opt/telemedicine-signaling/', here));
    const program = process.env.SYSTEMD_ANALYZE_PATH ?? 'systemd-analyze';
    return promisify(execFile)(program, [...args, path]);
  };

  it('UNIT-2 finds nothing wrong with it', async () => {
    expect(await analyze('verify', '--man=no')).toEqual({ stdout: '', stderr: '' });
  });

  it('UNIT-2 says that it exposes little of the machine', async () => {
    const { stdout } = await analyze('security', '--offline=true', '--threshold=15', '--no-pager');
    expect(stdout).toMatch(/exposure level for .*: 1\.\d OK/);
  });
});
