import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MONITOR = new URL('monitor.mjs', import.meta.url).href;

/** How long the event loop of a server stood still, as the monitor in its process notes it. */
export class Stalls {
  readonly #file = join(tmpdir(), `fuzz-stalls-${process.pid}`);
  #seen = 0;
  /** The longest of all that were counted, in milliseconds; those under 20 are not noted. */
  longest = 0;

  /** What loads the monitor into the server. */
  readonly env = { NODE_OPTIONS: `--import ${MONITOR}`, FUZZ_STALLS: this.#file };

  /** Before a server starts. */
  begin(): void {
    writeFileSync(this.#file, '');
    this.#seen = 0;
  }

  /** What was noted so far does not count, such as what starting takes. */
  skip(): void {
    this.#seen = this.#noted().length;
  }

  /** The longest since this was last asked, in milliseconds. */
  latest(): number {
    const noted = this.#noted();
    const latest = Math.max(0, ...noted.slice(this.#seen));
    this.#seen = noted.length;
    this.longest = Math.max(this.longest, latest);
    return latest;
  }

  end(): void {
    rmSync(this.#file, { force: true });
  }

  #noted(): number[] {
    const lines = readFileSync(this.#file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => Number.parseInt(line, 10));
  }
}
