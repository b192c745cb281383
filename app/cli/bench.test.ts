import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Process, ROOT } from '../../test/support/process.ts';
import { runCommand } from '../../test/support/run-command.ts';
import { benchCommand } from './bench.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-'));
});
afterEach(() => rm(folder, { recursive: true }));

const run = (root: string, ...words: string[]) =>
  runCommand((ends) => benchCommand({ root, ...ends }), words);

it('CLI-11 says plainly where there is nothing to run', async () => {
  const { code, stdout, stderr } = await run(folder);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('the benchmarks (bench/) are not here');
});

it('CLI-11 does what npm run bench does', async () => {
  // A part that there is not: everything is set up, and nothing measured.
  const words = ['dist/app/cli.js', 'bench', '--only', 'nothing of the kind'];
  const { code, stdout } = await new Process(process.execPath, words, ROOT, {}).end();
  expect([code, stdout]).toEqual([0, expect.stringContaining(`Node ${process.version}`)]);
}, 60_000);
