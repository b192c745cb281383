// `npm run build`: what `npm start` would build.
import { prepare } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';

await main(prepare);
