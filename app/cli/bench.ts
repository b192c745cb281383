import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';

export interface BenchCommandParts {
  /** The folder of the clone. */
  root: string;
  stdout?: (text: string) => void;
  stderr?: (text: string) => void;
  exit?: (code: number) => never;
}

const EXIT_NOT_DONE = 1;
const EXIT_MISTAKE = 2;

/** `bench`: what `npm run bench` does, where there is a clone to do it in (SPEC CLI-11). */
export function benchCommand({
  root,
  stdout = (text) => process.stdout.write(text),
  stderr = (text) => process.stderr.write(text),
  exit = (code) => process.exit(code),
}: BenchCommandParts): Command {
  return new Command('bench')
    .description('do what `npm run bench` does: measure what the server costs here')
    .option('--quick', 'the most important in under two minutes; writes nothing')
    .option('--only <title>', 'the parts whose name begins so')
    .configureOutput({ writeOut: stdout, writeErr: stderr })
    .exitOverride(({ exitCode }) => exit(exitCode === 0 ? 0 : EXIT_MISTAKE))
    .action(async ({ quick, only }: { quick?: true; only?: string }) => {
      if (!existsSync(join(root, 'bench/index.ts'))) {
        stderr(
          'error: the benchmarks (bench/) are not here. Run this in a clone of the repository.\n',
        );
        return exit(EXIT_NOT_DONE);
      }
      const args = [...(quick ? ['--quick'] : []), ...(only === undefined ? [] : ['--only', only])];
      const script = join(root, 'scripts/bench.mjs');
      const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
      const [code] = await once(child, 'exit');
      if (code !== 0) exit(EXIT_NOT_DONE);
    });
}
