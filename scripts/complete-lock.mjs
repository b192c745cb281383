// `npm run complete-lock`, after an installation that changed package-lock.json: names in it what
// npm's registry did not give for other platforms.
import { readFileSync, writeFileSync } from 'node:fs';
import { missingOptionals } from './lib/lock.mjs';
import { ROOT } from './lib/project.mjs';

const file = `${ROOT}package-lock.json`;
const lock = JSON.parse(readFileSync(file, 'utf8'));
const missing = missingOptionals(lock.packages);
const entries = Object.entries({ ...lock.packages, ...missing });
lock.packages = Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b, 'en')));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`Named ${Object.keys(missing).length} more packages in package-lock.json.`);
