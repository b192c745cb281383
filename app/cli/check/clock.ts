import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, failed, ok, warning } from './finding.ts';

/** A clock elsewhere. */
export interface OtherClock {
  whose: string;
  /** Milliseconds since 1970, and by how much that may be off. */
  now: number;
  uncertainMs: number;
  /** By this machine's own clock, when that was read. */
  readAt: number;
}

/** Access tokens are taken for a minute before and after their time (SPEC AUTH-20, AUTH-22). */
const LEEWAY_MS = 60_000;
/** What machines that are kept in step never come to. */
const NOTED_MS = 5000;

const REMEDY = 'Keep this machine in step with NTP (timedatectl set-ntp true), and the other one.';

/** How far this machine's clock is from the others'. */
export function checkClock(others: readonly OtherClock[]): Finding[] {
  return others.map(({ whose, now, uncertainMs, readAt }) => {
    const off = readAt - now;
    const sureMs = Math.max(0, Math.abs(off) - uncertainMs);
    const seconds = (Math.abs(off) / 1000).toFixed(1);
    if (sureMs < NOTED_MS) return ok('clock', `in step with ${whose}`);
    const says = `${seconds} s ${off > 0 ? 'ahead of' : 'behind'} ${whose}`;
    return sureMs < LEEWAY_MS
      ? warning('clock', says, REMEDY)
      : failed('clock', `${says}: access tokens and TURN credentials are refused`, REMEDY);
  });
}

/** The clock was set back, if something in the data folder was written in what is now the future. */
export async function checkFileClock(dataDir: string): Promise<Finding[]> {
  const names = await readdir(dataDir).catch(() => []);
  const files = names.filter((name) => /^(signaling|audit)\.db/.test(name));
  const times = await Promise.all(
    files.map(
      async (name) => (await stat(join(dataDir, name)).catch(() => undefined))?.mtimeMs ?? 0,
    ),
  );
  const latest = Math.max(0, ...times);
  if (latest === 0) return [];
  const ahead = latest - Date.now();
  if (ahead < NOTED_MS) return [ok('clock', 'later than everything in the data folder')];
  const says = `the data folder was written at ${new Date(latest).toISOString()}, which is yet to come`;
  return [warning('clock', says, 'Set the clock right: windows and retention go by it.')];
}
