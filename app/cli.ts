import { Command } from 'commander';
import { tokenCommand } from './cli/token.ts';
import { loadConfig } from './config.ts';
import { readEnvironment } from './environment.ts';

const HELP = `
Settings come from environment variables and a file .env: see docs/CONFIGURATION.md.
Exit codes: 0 done, 1 not done, 2 the command line is wrong, 78 the settings are wrong.`;

/** The commands beside `serve`, which the bin starts itself. */
const program = new Command('telemedicine-signaling')
  .description('Signaling server for video consultations.')
  .addHelpText('after', HELP)
  .addCommand(new Command('serve').description('start the server (what happens without a command)'))
  .addCommand(tokenCommand({ settings: () => loadConfig(readEnvironment()).tokens }));

await program.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2)).parseAsync();
