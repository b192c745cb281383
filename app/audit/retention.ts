import type { AuditFact, AuditHead, AuditReader } from '../data/audit-log.ts';
import type { Time } from '../data/session-data.ts';
import { readLine } from './line.ts';

/** How many lines are looked at, and removed, in one go: it holds up everything else meanwhile. */
const AT_ONCE = 2000;

/**
 * The last of the oldest lines that were written before `time`; undefined if there are none, or nothing
 * but earlier checkpoints: these would only make room for the next. A line that was tampered with is
 * not removed, since that would hide it.
 */
export async function lastExpired(
  reader: AuditReader,
  time: Time,
): Promise<{ last: AuditHead; isAll: boolean } | undefined> {
  const before = new Date(time).toISOString();
  const oldest = await reader.read(0, AT_ONCE);
  const lines = oldest.map(({ line }) => readLine(line));
  const end = lines.findIndex((line) => line === undefined || line.at >= before);
  const expired = end === -1 ? lines : lines.slice(0, end);
  const last = expired.at(-1);
  if (last === undefined || expired.every((line) => line?.action === 'pruned')) return undefined;
  return { last, isAll: expired.length < AT_ONCE };
}

/** The checkpoint: it stands in the chain for the lines that were removed (SPEC AUDIT-5). */
export const checkpoint = ({ seq, hash }: AuditHead): AuditFact => ({
  action: 'pruned',
  role: 'server',
  through: seq,
  'through-hash': hash,
});
