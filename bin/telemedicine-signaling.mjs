#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { prepare, serve, version } from '../scripts/lib/prepare.mjs';
import { main } from '../scripts/lib/project.mjs';

const HELP = `Usage: telemedicine-signaling [command]

Commands:
  serve       start the server (what happens without a command)

Options:
  -h, --help     show this
  -v, --version  show the version

Settings come from environment variables and a file .env: see docs/CONFIGURATION.md.`;

const { command, help, version: asksVersion } = understand(process.argv.slice(2));
if (help) console.log(HELP);
else if (asksVersion) console.log(version());
else if (command === 'serve') {
  await main(prepare);
  await serve();
} else refuse(`unknown command: ${command}`);

/** @param {string[]} args */
function understand(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
    return { ...values, command: positionals.join(' ') || 'serve' };
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} why @returns {never} */
function refuse(why) {
  console.error(`${why}\n\n${HELP}`);
  process.exit(2);
}
