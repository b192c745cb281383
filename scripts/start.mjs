// `npm start`: installs, builds and serves, each only where needed.
import { prepare, serve } from './lib/prepare.mjs';
import { main } from './lib/project.mjs';

await main(prepare);
await serve();
