// Loaded into the server's process before its own code (`node --import`). Writes a line whenever the event
// loop stood still for longer than it should: how long, without the time in which the machine had no core
// for it, and how much of that it computed; both in milliseconds.
import { appendFileSync, readFileSync } from 'node:fs';

const EVERY_MS = 10;
const WORTH_A_LINE_MS = 20;
const { FUZZ_STALLS = '' } = process.env;

let at = performance.now();
let before = timesOfThread();

setInterval(() => {
  const now = performance.now();
  const times = timesOfThread();
  const ms = now - at - EVERY_MS - (times.waited - before.waited);
  const computed = times.computed - before.computed;
  at = now;
  before = times;
  if (ms < WORTH_A_LINE_MS) return;
  appendFileSync(FUZZ_STALLS, `${Math.round(ms)} ${Math.round(computed)}\n`);
}, EVERY_MS).unref();

/** Linux tells how long this thread ran, and how long it could have and had to wait for a core. */
function timesOfThread() {
  try {
    const [computed, waited] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ');
    return { computed: Number(computed) / 1e6, waited: Number(waited) / 1e6 };
  } catch {
    return { computed: 0, waited: 0 };
  }
}
