import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/process.ts';

const APP = join(ROOT, 'app');

/** A line that the log may have: its level, its words and its fields. */
interface Line {
  level: string;
  msg: string;
  fields: string[];
}

const byWords = (a: Line, b: Line): number => (a.msg < b.msg ? -1 : 1);

/** `log.warn({ why }, 'not ready')`, wherever it stands in the code. */
const CALL =
  /\b(?:log(?:ger)?|#log)\??\.(fatal|error|warn|info|debug|trace)\(\s*(?:\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\s*,)?\s*'([^']+)'/g;

const inCode = (): Line[] =>
  readdirSync(APP, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .flatMap((file) => [...readFileSync(join(APP, file), 'utf8').matchAll(CALL)])
    .map(([, level = '', fields = '', msg = '']) => ({ level, msg, fields: namesIn(fields) }))
    .sort(byWords);

/** The keys of an object as it is written. */
function namesIn(fields: string): string[] {
  const flat = fields.replace(/\([^()]*(\([^()]*\))?[^()]*\)/g, '');
  return flat
    .split(',')
    .flatMap((part) => /^\s*(\w+)/.exec(part)?.[1] ?? [])
    .sort();
}

const documented = (): Line[] => {
  const page = readFileSync(join(ROOT, 'docs/LOGS.md'), 'utf8');
  return [...page.matchAll(/^\| `(\w+)` \| `([^`]+)` \|([^|]*)\|/gm)]
    .map(([, level = '', msg = '', fields = '']) => ({
      level,
      msg,
      fields: [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? '').sort(),
    }))
    .sort(byWords);
};

describe('docs/LOGS.md', () => {
  it('LOG-5 has every line that the code has, with its level and fields, and no other', () => {
    expect(inCode().length).toBeGreaterThan(20);
    expect(inCode()).toEqual(documented());
  });

  it('LOG-5 has no line twice', () => {
    const words = documented().map(({ msg }) => msg);
    expect(new Set(words).size).toBe(words.length);
  });
});
