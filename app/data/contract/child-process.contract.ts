import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { Store } from './fixtures.contract.ts';

/** What the child is to do; see child.contract.ts. */
export type ChildTask = 'write' | 'hold-open' | 'fill-up';

export interface Child {
  /** What it says, line by line; ends when it has ended. */
  lines: AsyncIterable<string>;
  /** Ends it with SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a process that opens the store and does `task`, for the length of the running test at most.
 * `shell` is run before it, in the same process.
 */
export function startChild(opener: Store['opener'], task: ChildTask, shell = ':'): Child {
  const script = resolve(import.meta.dirname, 'child.contract.ts');
  const child = spawn(
    'sh',
    [
      '-c',
      `${shell}; exec "$0" "$@"`,
      process.execPath,
      ...['--conditions=source', '--import', 'tsx', script],
      JSON.stringify({ opener, task }),
    ],
    { cwd: resolve(import.meta.dirname, '../../..'), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  onTestFinished(kill);
  return { lines: createInterface(child.stdout), kill };
}
