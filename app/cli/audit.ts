import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, InvalidArgumentError } from 'commander';
import { linesOf, type Verdict, verify } from '../audit/verify.ts';
import type { AuditHead, AuditReader } from '../data/audit-log.ts';

export interface AuditCommandParts {
  /**
   * Opens the trail when it is to be looked at, and not for `--help`; what it throws is shown.
   * `isFrozen`: as it is at this moment, though a server may be writing.
   */
  open: (how: { isFrozen: boolean }) => Promise<AuditReader>;
  stdout?: Writable;
  stderr?: (text: string) => void;
  exit?: (code: number) => never;
}

const EXIT_NOT_DONE = 1;
const EXIT_MISTAKE = 2;

/**
 * `audit`: looks at the audit trail, also while a server runs (SPEC AUDIT-4, AUDIT-8).
 *
 * `verify` ends the process with 0 if the trail is whole, and with 1 if it is broken, and says where.
 * `export` writes its lines to stdout, and nothing else. Where there is no trail to look at, either ends
 * with 1; a mistake on the command line ends with 2.
 * The actions are asynchronous: the program around them has to call `parseAsync`.
 */
export function auditCommand({
  open,
  stdout = process.stdout,
  stderr = (text) => process.stderr.write(text),
  exit = (code) => process.exit(code),
}: AuditCommandParts): Command {
  const audit = new Command('audit').description('look at the audit trail');
  const subcommand = (name: string) =>
    audit
      .command(name)
      .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: stderr })
      .exitOverride(({ exitCode }) => exit(exitCode === 0 ? 0 : EXIT_MISTAKE));

  const verifying = subcommand('verify')
    .description('tell whether a line was removed, altered, moved or slipped in')
    .option(
      '--noted <line:hash>',
      'a head that was noted before, like 1200:9f86d0…; may be given more than once',
      parseHead,
      [],
    );
  verifying.action(async ({ noted }: { noted: AuditHead[] }) => {
    const verdict = await looking({ isFrozen: true }, (reader) => verify(reader, noted));
    stdout.write(`${describe(verdict)}\n`);
    if (!verdict.isWhole) exit(EXIT_NOT_DONE);
  });

  const exporting = subcommand('export')
    .description('write the lines to stdout, one JSON object a line')
    .option('--after <line>', 'only those after the line of this number', parseSeq, 0);
  exporting.action(({ after }: { after: number }) =>
    looking({ isFrozen: false }, (reader) => write(reader, after, stdout)),
  );

  // Both commands are above; without one of them this shows what there is.
  return audit
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: stderr })
    .exitOverride(({ exitCode }) => exit(exitCode === 0 ? 0 : EXIT_MISTAKE));

  async function looking<T>(
    how: { isFrozen: boolean },
    look: (reader: AuditReader) => Promise<T>,
  ): Promise<T> {
    let reader: AuditReader | undefined;
    try {
      reader = await open(how);
      return await look(reader);
    } catch (error) {
      stderr(`error: ${error instanceof Error ? error.message : String(error)}\n`);
      return exit(EXIT_NOT_DONE);
    } finally {
      await reader?.close();
    }
  }
}

/** Page by page, in the pace of whoever reads. */
async function write(reader: AuditReader, after: number, stdout: Writable): Promise<void> {
  async function* texts() {
    for await (const { line } of linesOf(reader, after)) yield `${line}\n`;
  }
  try {
    await pipeline(Readable.from(texts()), stdout, { end: false });
  } catch (error) {
    // Whoever read has enough: `audit export | head`.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
  }
}

function describe(verdict: Verdict): string {
  if (!verdict.isWhole) {
    return `The audit trail is broken. The first line that is not right is line ${verdict.seq}: ${verdict.why}.`;
  }
  const { lines, head, prunedThrough, period } = verdict;
  if (period === null) return 'The audit trail is whole. Nothing was written to it yet.';
  const count = lines === 1 ? '1 line' : `${lines} lines`;
  const pruned =
    prunedThrough === 0 ? '' : ` Lines up to ${prunedThrough} were removed by retention.`;
  return `The audit trail is whole: ${count}, from ${period.from} to ${period.to}.${pruned}
Its head, to be noted elsewhere: ${head.seq}:${head.hash}`;
}

function parseHead(text: string, others: AuditHead[]): AuditHead[] {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    throw new InvalidArgumentError(
      'Write it as `audit verify` shows it: the number, a colon, 64 digits.',
    );
  }
  return [...others, { seq: Number(seq), hash }];
}

function parseSeq(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give the number of a line.');
}
