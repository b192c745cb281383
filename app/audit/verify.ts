import {
  type AuditHead,
  type AuditReader,
  EMPTY_HEAD,
  type StoredLine,
} from '../data/audit-log.ts';
import { type AuditLine, readLine } from './line.ts';

/** What looking at the whole trail has shown. */
export type Verdict =
  | {
      isWhole: true;
      lines: number;
      head: AuditHead;
      /** The last line that retention removed; 0 if it removed none. */
      prunedThrough: number;
      /** When the first and the last line were written, ISO 8601. */
      period: { from: string; to: string } | null;
    }
  /** `seq`: the first line that is not as it has to be, or not there. */
  | { isWhole: false; seq: number; why: string };

/** The trail is broken here. */
class Break extends Error {
  readonly seq: number;

  constructor(seq: number, why: string) {
    super(why);
    this.seq = seq;
  }
}

const PAGE = 500;

/** All lines of a log, in order, page by page. */
export async function* linesOf(reader: AuditReader, after = 0): AsyncGenerator<StoredLine> {
  let seq = after;
  while (true) {
    const page = await reader.read(seq, PAGE);
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    seq = last.seq;
  }
}

/**
 * Whether every line follows from the one before it, and the trail reaches from its beginning, or from
 * what a checkpoint says of it, to its head (SPEC AUDIT-4). `noted` are heads that somebody kept
 * elsewhere: the lines of these numbers have to have these hashes.
 *
 * Without one it cannot show that the trail as a whole, head and all, was replaced by another.
 * @param reader of a state that does not change meanwhile
 */
export async function verify(
  reader: AuditReader,
  noted: readonly AuditHead[] = [],
): Promise<Verdict> {
  const chain = new Chain();
  try {
    for await (const stored of linesOf(reader)) {
      const line = chain.add(stored);
      for (const note of noted) if (note.seq === line.seq) assertNoted(note, line.hash);
    }
    const head = chain.end(await reader.head());
    for (const note of noted) assertReached(note, chain);
    const { first, last, lines } = chain;
    return {
      isWhole: true,
      lines,
      head,
      prunedThrough: chain.pruned.seq,
      period: first && last ? { from: first.at, to: last.at } : null,
    };
  } catch (error) {
    if (error instanceof Break) return { isWhole: false, seq: error.seq, why: error.message };
    throw error;
  }
}

/** The lines so far, all of which fit. */
class Chain {
  first: AuditLine | undefined;
  last: AuditLine | undefined;
  lines = 0;
  /** What the last checkpoint says was removed. */
  pruned: AuditHead = EMPTY_HEAD;

  add(stored: StoredLine): AuditLine {
    const { last } = this;
    if (last !== undefined && stored.seq > last.seq + 1) {
      throw new Break(last.seq + 1, 'it is missing');
    }
    const line = readLine(stored.line);
    if (line === undefined) throw new Break(stored.seq, 'it was altered');
    if (line.seq !== stored.seq) {
      throw new Break(stored.seq, `what stands there was written as line ${line.seq}`);
    }
    if (last !== undefined && line.prev !== last.hash) {
      throw new Break(stored.seq, 'it does not follow from the line before it');
    }
    this.first ??= line;
    this.last = line;
    this.lines += 1;
    if (line.action === 'pruned') {
      this.pruned = { seq: Number(line.through), hash: String(line['through-hash']) };
    }
    return line;
  }

  /** Nothing is missing before the first line nor after the last. */
  end(head: AuditHead | undefined): AuditHead {
    this.#assertBeginning();
    const last = this.last ?? EMPTY_HEAD;
    const next = last.seq + 1;
    if (head === undefined)
      throw new Break(next, 'the head record, which tells the end, is missing');
    if (head.seq > last.seq) {
      throw new Break(
        next,
        `it is missing at the end, which the head record says is line ${head.seq}`,
      );
    }
    if (head.seq < last.seq) {
      throw new Break(head.seq + 1, 'the head record does not know of it');
    }
    if (head.hash !== last.hash)
      throw new Break(head.seq, 'the head record has another hash for it');
    return head;
  }

  #assertBeginning(): void {
    const { first, pruned } = this;
    if (first === undefined) return;
    if (first.seq > pruned.seq + 1) {
      throw new Break(pruned.seq + 1, 'it is missing, and no checkpoint accounts for it');
    }
    if (first.seq <= pruned.seq) {
      throw new Break(first.seq, `a checkpoint says that lines up to ${pruned.seq} were removed`);
    }
    if (first.prev !== pruned.hash) {
      throw new Break(first.seq, 'it does not follow from what was before it');
    }
  }
}

function assertNoted({ seq, hash }: AuditHead, found: string): void {
  if (found !== hash) throw new Break(seq, 'it is not the line whose hash was noted');
}

function assertReached(note: AuditHead, { first, last }: Chain): void {
  if (note.seq > (last?.seq ?? 0)) {
    throw new Break((last?.seq ?? 0) + 1, `it is missing, since line ${note.seq} was noted`);
  }
  if (first === undefined || note.seq >= first.seq) return;
  if (note.seq === first.seq - 1) assertNoted(note, first.prev);
  else
    throw new Break(note.seq, 'it was removed by retention, so its noted hash cannot be compared');
}
