import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program in the documentation, as whoever reads it would copy it. */
export interface DocExample {
  language: string;
  file: string;
  code: string;
}

const NAMED_BLOCK = /^```(\w+) (\S+)\n([\s\S]*?)^```$/gm;

/** The code blocks of a Markdown file that carry a file name behind their language. */
export async function examplesIn(document: URL): Promise<DocExample[]> {
  const text = await readFile(document, 'utf8');
  return [...text.matchAll(NAMED_BLOCK)].map(([, language = '', file = '', code = '']) => ({
    language,
    file,
    code,
  }));
}

const PROGRAMS: Readonly<Record<string, string>> = {
  js: process.execPath,
  python: 'python3',
  java: 'java',
  php: 'php',
};

export const programFor = (language: string): string => PROGRAMS[language] ?? language;

/** Whether the program is on this machine. One that is there and does not work is there. */
export async function isFound(program: string): Promise<boolean> {
  const child = spawn(program, ['--version'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', () => resolve(true));
  });
}

/**
 * Runs an example as a file of its own, in a folder of its own; answers what it printed.
 * @throws Error with what it said on stderr, if it did not end well
 */
export async function runExample(
  { language, file, code }: DocExample,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'telemedicine-signaling-example-'));
  try {
    await writeFile(join(folder, file), code);
    const child = spawn(programFor(language), [file, ...args], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}
