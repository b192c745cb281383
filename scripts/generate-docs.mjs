// `npm run docs` (by tsx, since it reads TypeScript): writes the pages that are made from the code.
import { writeFileSync } from 'node:fs';
import { ensureBuilt } from './lib/build.mjs';
import { commandsPage } from './lib/commands-page.mjs';
import { configurationPage } from './lib/configuration-page.mjs';
import { dashboard } from './lib/dashboard.mjs';
import { errorsPage } from './lib/errors-page.mjs';
import { metricsPage } from './lib/metrics-page.mjs';
import { ROOT } from './lib/project.mjs';

const { VARIABLES } = await load('../app/config/variables.ts');
const { ERRORS } = await load('../packages/protocol/src/errors.ts');
const { METRICS } = await load('../app/ops/metrics/table.ts');
const { processMetrics } = await load('../app/ops/metrics/registry.ts');
write('docs/METRICS.md', metricsPage(METRICS, await processMetrics()));
write('deploy/grafana.json', dashboard());
// The commands are asked themselves, so they have to be the ones of now.
await ensureBuilt();
write('docs/COMMANDS.md', await commandsPage());
write('docs/CONFIGURATION.md', configurationPage(VARIABLES));
write('docs/ERRORS.md', errorsPage(ERRORS));

/** Not a plain import, which the checks of scripts/ would follow into the server. @param {string} file */
function load(file) {
  return import(new URL(file, import.meta.url).href);
}

/** @param {string} page @param {string} content */
function write(page, content) {
  writeFileSync(`${ROOT}${page}`, content);
  console.log(`Wrote ${page}.`);
}
