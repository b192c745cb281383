#!/usr/bin/env node
import { prepare, serve, version } from '../scripts/lib/prepare.mjs';
import { main } from '../scripts/lib/project.mjs';

const [command = 'serve', ...options] = process.argv.slice(2);

if (['-v', '--version'].includes(command)) console.log(version());
else {
  await main(prepare);
  if (command === 'serve' && options.length === 0) await serve();
  else await import(new URL('../dist/app/cli.js', import.meta.url).href);
}
