import type { Logger } from 'pino';
import { type Config, ConfigError, loadConfig } from './config.ts';
import { StoreOpenError } from './data/store-open-error.ts';
import { readEnvironment } from './environment.ts';
import { createLogger } from './ops/log.ts';
import { placesOf } from './ops/places.ts';
import { type Running, start } from './start.ts';

const EXIT_CONFIG = 78;
const EXIT_FAULT = 70;
const EXIT_CANNOT_START = 1;

const ACCESS = {
  open: 'open: whoever can reach this address can come in. Set no patient loose on it.',
  jwt: 'jwt: whoever shows an access token (docs/TOKENS.md)',
};

let logger: Logger | undefined;

// Instead of Node's own report, which holds the message of the error.
process.on('uncaughtException', (error) => {
  const places = placesOf(error).map((place) => `    ${place}\n`);
  process.stderr.write(`The server ends by a fault in it. ${error?.name}\n${places.join('')}`);
  logger?.fatal({ err: error }, 'the process ends by a fault in it');
  process.exit(EXIT_FAULT);
});

try {
  const config = loadConfig(readEnvironment());
  const log = createLogger({
    level: config.logLevel,
    pretty: config.mode === 'development' && process.stdout.isTTY === true,
    node: config.cluster?.nodeName,
  });
  logger = log;
  const onDrain = () => process.kill(process.pid, 'SIGTERM');
  const running = await start(config, { logger: log, onDrain });
  // Before anybody can know that it runs, and end it.
  stopOnSignals(running, config.drainMs);
  // For a log collector everything is a line; people read a greeting.
  if (config.mode === 'production') tellStart(log, config, running);
  else greet(config, running);
} catch (error) {
  explain(error);
}

function greet(config: Config, { url }: Running): void {
  process.stdout.write(`
  Telemedicine signaling is up.

  Listening   ${url}   (${config.host}:${new URL(url).port})
  Store       ${storeOf(config)}
  Access      ${ACCESS[config.auth]}${webhooksOf(config)}
  Open        ${url}/

`);
}

/** The host alone: what follows it may be a secret. */
function webhooksOf({ webhooks }: Config): string {
  return webhooks === undefined ? '' : `\n  Webhooks    to ${new URL(webhooks.url).host}`;
}

function tellStart(log: Logger, { auth, cluster }: Config, { url, metricsPort }: Running): void {
  const store = cluster === undefined ? 'sqlite' : 'redis';
  log.info({ url, metricsPort, store, access: auth }, 'the node listens');
}

function storeOf({ cluster, dataDir }: Config): string {
  return cluster === undefined ? `SQLite, in ${dataDir}` : 'Redis, shared with other nodes';
}

function stopOnSignals(running: Running, drainMs: number): void {
  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      // Who pressed Ctrl-C does not want to wait.
      running.close(signal === 'SIGTERM' ? drainMs : 0).then(
        () => process.exit(0),
        () => process.exit(EXIT_CANNOT_START),
      );
    });
  }
}

function explain(error: unknown): void {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIG);
  }
  if (error instanceof StoreOpenError) process.stderr.write(`${error.message}\n`);
  else if (isPortTaken(error)) {
    process.stderr.write(
      `Port ${error.port} is taken. Stop what listens there, or set EXPRESS_PORT to another.\n`,
    );
  } else process.stderr.write(`The server could not start: ${String(error)}\n`);
  process.exit(EXIT_CANNOT_START);
}

function isPortTaken(error: unknown): error is Error & { port: number } {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
