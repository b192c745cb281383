import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { REDIS_PREFIX } from './backends.ts';
import { auditCommand } from './cli/audit.ts';
import { benchCommand } from './cli/bench.ts';
import { checkCommand } from './cli/check.ts';
import { simulateCommand } from './cli/simulate.ts';
import { statusCommand } from './cli/status.ts';
import { tokenCommand } from './cli/token.ts';
import { webhooksCommand } from './cli/webhooks.ts';
import { loadConfig } from './config.ts';
import { openSqliteAuditReader } from './data/audit-log-sqlite.ts';
import { inspectSqliteStore } from './data/sqlite-store.ts';
import { readEnvironment } from './environment.ts';

/** The clone, in which this is dist/app/cli.js. */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const HELP = `
Settings come from environment variables and a file .env: see docs/CONFIGURATION.md.
Exit codes: 0 done, 1 not done, 2 the command line is wrong, 78 the settings are wrong.`;

/** Whoever got the command line wrong sees how it is written, and the process ends with 2. */
const strict = (command: Command): Command =>
  command.showHelpAfterError().exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

/** The bin starts the server itself: what reaches this command has words too many, or asks for help. */
const serve = strict(new Command('serve')).description(
  'start the server (what happens without a command)',
);

await strict(new Command('telemedicine-signaling'))
  .description('Signaling server for video consultations.')
  .addHelpText('after', HELP)
  .addCommand(serve)
  .addCommand(
    checkCommand({
      settings: () => loadConfig(readEnvironment()),
      inspectStore: inspectSqliteStore,
      probeRedis: async (url, patienceMs) => {
        const { probeRedis } = await import('./redis/probe.ts');
        return probeRedis({ url, prefix: REDIS_PREFIX }, patienceMs);
      },
    }),
  )
  .addCommand(tokenCommand({ settings: () => loadConfig(readEnvironment()).tokens }))
  .addCommand(
    auditCommand({
      open: (how) =>
        openSqliteAuditReader({ dataDir: loadConfig(readEnvironment()).dataDir, ...how }),
    }),
  )
  .addCommand(simulateCommand({ settings: () => loadConfig(readEnvironment()) }))
  .addCommand(statusCommand({ settings: () => loadConfig(readEnvironment()) }))
  .addCommand(webhooksCommand({ settings: () => loadConfig(readEnvironment()) }))
  .addCommand(benchCommand({ root: ROOT }))
  .parseAsync();
