// `npm run docs`: writes the pages that are made from the code.
import { writeFileSync } from 'node:fs';
import { configurationPage } from './lib/configuration-page.mjs';
import { prepare } from './lib/prepare.mjs';
import { main, ROOT } from './lib/project.mjs';

await main(prepare);
const { VARIABLES } = await import(
  new URL('../dist/app/config/variables.js', import.meta.url).href
);
const page = 'docs/CONFIGURATION.md';
writeFileSync(`${ROOT}${page}`, configurationPage(VARIABLES));
console.log(`Wrote ${page}.`);
