import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Kind } from './kinds.ts';

const FOLDER = new URL('corpus/', import.meta.url);

interface CorpusFile {
  /** What is special about them, for people. */
  why: string;
  cases: unknown[];
}

/**
 * What has made trouble before, here or elsewhere: replayed first in every run. A file belongs to the
 * kind that its name begins with, such as `request-smuggling.json`.
 */
export const keptCases = <Case>(kind: Kind): { file: string; cases: Case[] }[] =>
  readdirSync(FOLDER)
    .filter((file) => file.startsWith(`${kind}-`) && file.endsWith('.json'))
    .map((file) => {
      const { cases } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as CorpusFile;
      return { file, cases: cases as Case[] };
    });

/** Keeps what was found. The file's name tells which kind it is of. */
export function keep(kind: Kind, cases: readonly unknown[], why: string): string {
  const file = `${kind}-found-${Date.now().toString(36)}.json`;
  const content: CorpusFile = { why, cases: [...cases] };
  writeFileSync(new URL(file, FOLDER), `${JSON.stringify(content, null, 2)}\n`);
  return `test/fuzz/corpus/${file}`;
}
