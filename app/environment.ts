import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** The settings given to this process; its own variables win over those in `.env`. */
export function readEnvironment(): Record<string, string | undefined> {
  const fromFile = existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {};
  return { ...fromFile, ...process.env };
}
