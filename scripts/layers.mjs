// `npm run layers`: who imports whom, held against the table in .dependency-cruiser.mjs.
import { checkLayers } from './lib/layers.mjs';
import { ROOT } from './lib/project.mjs';

const { ok, report } = await checkLayers(ROOT);
console.log(report);
process.exitCode = ok ? 0 : 1;
