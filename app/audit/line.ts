import { createHash } from 'node:crypto';
import type { AuditFact, AuditHead, Extension, StoredLine, TimedFact } from '../data/audit-log.ts';
import { canonical, type Json } from './canonical.ts';

/** One line of the trail (SPEC AUDIT-3). */
export interface AuditLine extends AuditHead {
  readonly [key: string]: Json;
  /** ISO 8601, UTC, with milliseconds. */
  at: string;
  /** The hash of the line before it. */
  prev: string;
}

/** All that a line may say of what happened: what is not listed here gets into no line (SPEC AUDIT-2). */
const KEYS = [
  'action',
  'result',
  'reason',
  'role',
  'subject',
  'client-id',
  'from',
  'namespace-id',
  'room-id',
  'to-namespace-id',
  'asked',
  'for-role',
  'for-subject',
  'namespaces',
  'token-id',
  'invitation-id',
  'expires-at',
  'count',
  'since',
  'through',
  'through-hash',
] as const satisfies readonly (keyof AuditFact)[];

/** The lines of these facts, each following from the one before it, the first from `head`. */
export function linesAfter(head: AuditHead, facts: readonly TimedFact[]): Extension {
  const lines: StoredLine[] = [];
  let last = head;
  for (const fact of facts) {
    const line = lineAfter(last, fact);
    lines.push({ seq: line.seq, line: canonical(line) });
    last = line;
  }
  return { lines, head: { seq: last.seq, hash: last.hash } };
}

function lineAfter(head: AuditHead, { at, fact }: TimedFact): AuditLine {
  const said = KEYS.map(
    (key) => [key, fact[key] ?? (key === 'result' ? 'ok' : undefined)] as const,
  );
  const unsigned = {
    seq: head.seq + 1,
    at: new Date(at).toISOString(),
    ...Object.fromEntries(said.filter(([, value]) => value !== undefined)),
    prev: head.hash,
  };
  return { ...unsigned, hash: hashOf(unsigned) };
}

/**
 * A stored line as it was written.
 * @returns undefined if it is in no form that was ever written, or does not have the hash that it names
 */
export function readLine(text: string): AuditLine | undefined {
  try {
    const line = JSON.parse(text) as AuditLine;
    const { hash, ...rest } = line;
    return canonical(line) === text && hashOf(rest) === hash ? line : undefined;
  } catch {
    return undefined;
  }
}

/** SHA-256, in hex, of a line's canonical JSON without its `hash`. */
const hashOf = (unsigned: Json): string =>
  createHash('sha256').update(canonical(unsigned)).digest('hex');
