// `npm run dev`: runs the server from its sources and starts it anew when one of them changes.
import { spawn } from 'node:child_process';
import { endWithNpm } from './lib/end-with-npm.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, ROOT } from './lib/project.mjs';

await main(ensureInstalled);
const child = spawn(
  process.execPath,
  [
    `${ROOT}node_modules/tsx/dist/cli.mjs`,
    'watch',
    '--clear-screen=false',
    '--include=.env',
    '--conditions=source',
    'app/server.ts',
  ],
  { cwd: ROOT, stdio: 'inherit' },
);
endWithNpm();
// The terminal sends Ctrl-C to both: this process waits until the server has closed.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));
