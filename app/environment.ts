import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { VARIABLES } from './config/variables.ts';
import { ConfigError } from './config.ts';

type Given = Record<string, string | undefined>;

/**
 * The settings given to this process (SPEC CONFIG-2): its own variables win over those in `.env`. Where a
 * variable is not given but `NAME_FILE` is, it holds what stands in that file: so a secret need not be in
 * the environment.
 * @throws ConfigError naming every file that cannot be read
 */
export function readEnvironment(): Given {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return withFiles({ ...fromFile, ...process.env });
}

function withFiles(given: Given): Given {
  const mistakes: string[] = [];
  const read = Object.keys(VARIABLES).flatMap((name) => {
    const file = given[`${name}_FILE`];
    if (!file || given[name]) return [];
    try {
      return [[name, readFileSync(file, 'utf8').trim()]];
    } catch {
      mistakes.push(`${name}_FILE: ${file} cannot be read.`);
      return [];
    }
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return { ...given, ...Object.fromEntries(read) };
}
