import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import {
  API_ROUTES,
  CLIENT_EVENTS,
  ERROR_CODES,
  HTTP_ROUTES,
  SERVER_EVENTS,
} from '@telemedicine-signaling/protocol';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from '../app/config/variables.ts';
import { foundPrograms } from '../scripts/lib/system-packages.mjs';
import { ROOT } from './support/process.ts';

const filesIn = (folder: string, name: RegExp): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(file) && !/(^|\/)(node_modules|dist)\//.test(file))
    .map((file) => normalize(join(folder, file)));

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'packages/client/README.md',
  ...filesIn('docs', /\.md$/),
];
const DOCS = PAGES.map((file) => ({ file, text: read(file) }));

/** Code of this project, without what only tests say. */
const SOURCE = [
  ...filesIn('app', /(?<!\.test|\.contract)\.ts$/),
  ...filesIn('packages', /(?<!\.test)\.ts$/),
]
  .map(read)
  .join('\n');

const inTicks = (text: string): string[] =>
  [...text.replace(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);

/** Where something stands in the documentation that is nowhere else. */
const strangers = (wordsOf: (text: string) => string[], isKnown: (word: string) => boolean) =>
  DOCS.flatMap(({ file, text }) =>
    wordsOf(text)
      .filter((word) => !isKnown(word))
      .map((word) => `${file}: ${word}`),
  );

/** Words with hyphens that are not this project's: of other programs, or ids of examples. */
const OTHERS_WORDS = ['auto-aof-rewrite-percentage', 'static-auth-secret', 'clinic-7', 'clinic-9'];
/** Variables that are not this server's: of Node and of other languages; `NAME` stands for any. */
const OTHERS_VARIABLES = [
  'NODE_DEBUG',
  'NODE_EXTRA_CA_CERTS',
  'NAME_FILE',
  'UTF_8',
  'JSON_THROW_ON_ERROR',
];

/** `message-bytes` is `messageBytes` in the settings. */
const inCamels = (word: string): string =>
  word.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const isInSource = (word: string): boolean =>
  new RegExp(`['"\`.]${word}['"\`]`).test(SOURCE) ||
  // The key of an object, a limit, and a word of the command line.
  [`${word}:`, `${inCamels(word)}:`, `--${word}`].some((form) => SOURCE.includes(form));

describe('what the documentation names is there', () => {
  it('every event, error code, route, key and command', () => {
    const words = (text: string) =>
      inTicks(text).filter((code) => /^[a-z]+(-[a-z0-9]+)+$/.test(code));
    const known = (word: string) => OTHERS_WORDS.includes(word) || isInSource(word);
    expect(strangers(words, known)).toEqual([]);
  });

  it('every variable', () => {
    const names = [...Object.keys(VARIABLES), ...Object.keys(foundPrograms())];
    const words = (text: string) => text.match(/\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b/g) ?? [];
    const known = (word: string) =>
      names.includes(word) ||
      names.includes(word.replace(/_FILE$/, '')) ||
      OTHERS_VARIABLES.includes(word);
    expect(strangers(words, known)).toEqual([]);
  });

  it('every script of npm', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const words = (text: string) =>
      [...text.matchAll(/\bnpm (?:run )?([a-z:-]+)/g)].map(([, name = '']) => name);
    const known = (word: string) => word in scripts || ['ci', 'install', 's'].includes(word);
    expect(strangers(words, known)).toEqual([]);
  });

  it('every file', () => {
    const words = (text: string) =>
      inTicks(text).filter((code) =>
        /^(app|packages|scripts|test|deploy|docs|examples)\/[\w./-]+$/.test(code),
      );
    const isBuilt = (path: string) => path.includes('/dist/');
    expect(strangers(words, (path) => isBuilt(path) || existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('every rule', () => {
    const rules = new Set(
      [...read('docs/SPEC.md').matchAll(/^\| ([A-Z]+-\d+) \|/gm)].map((m) => m[1]),
    );
    const words = (text: string) => text.match(/\b[A-Z]{2,}-\d+\b/g) ?? [];
    const isRule = (word: string) => rules.has(word) || /^(RFC|SHA|UTF|HS|ISO)-/.test(word);
    expect(strangers(words, isRule)).toEqual([]);
  });

  it('every page that it links to, and every heading', () => {
    const broken = DOCS.flatMap(({ file, text }) =>
      [...text.replace(/^```.*?^```$/gms, '').matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !leads(file, target))
        .map((target) => `${file}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

function leads(from: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? from : normalize(join(dirname(from), path));
  if (!existsSync(join(ROOT, file))) return false;
  return anchor === undefined || anchorsOf(read(file)).includes(anchor);
}

/** The anchors that a forge gives to headings. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('what is there stands in the documentation', () => {
  const contains = (file: string, word: string) =>
    inTicks(read(file)).some((code) => code === word);

  it.each(Object.keys(VARIABLES))('the variable %s', (name) => {
    expect(contains('docs/CONFIGURATION.md', name)).toBe(true);
  });

  it.each(ERROR_CODES)('the error %s', (code) => {
    expect(contains('docs/ERRORS.md', code)).toBe(true);
  });

  it.each([...new Set([...Object.keys(CLIENT_EVENTS), ...Object.keys(SERVER_EVENTS)])])(
    'the event %s',
    (event) => {
      expect(inTicks(read('docs/SPEC.md')).some((code) => code.split(' ')[0] === event)).toBe(true);
    },
  );

  it.each([...Object.keys(HTTP_ROUTES), ...API_ROUTES])('the route %s', (route) => {
    expect(DOCS.some(({ text }) => new RegExp(`[\`/]${route}\\b`).test(text))).toBe(true);
  });

  it.each(Object.keys(JSON.parse(read('package.json')).scripts))('the script %s', (name) => {
    const isSaid = new RegExp(`npm (run )?${name}\\b`);
    expect(DOCS.some(({ text }) => isSaid.test(text))).toBe(true);
  });

  it.each(filesIn('docs', /\.md$/))('the page %s', (file) => {
    const index = read('docs/README.md');
    const name = file.replace(/^docs\//, '');
    const isThere = name === 'README.md' || name.startsWith('adr/') || index.includes(`(${name})`);
    expect(isThere).toBe(true);
  });
});
