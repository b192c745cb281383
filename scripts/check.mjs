// `npm run check`: format, lint, types, layers and dead code. All of them run, whatever one finds.
import { runChecks } from './lib/checks.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main } from './lib/project.mjs';

await main(ensureInstalled);
process.exitCode = (await runChecks()) ? 0 : 1;
