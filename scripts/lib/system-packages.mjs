import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from './project.mjs';
import { run } from './run.mjs';

/**
 * A program that npm does not bring.
 *
 * @typedef {object} SystemPackage
 * @property {string} name What people call it.
 * @property {string} why What it is needed for.
 * @property {string} variable The environment variable that may name the program.
 * @property {readonly [string, ...string[]]} commands Its names on PATH, best first.
 * @property {string} debian The Debian package.
 * @property {string} brew What Homebrew is asked for on macOS.
 */

/** @type {SystemPackage} */
const SYSTEMD = {
  name: 'systemd',
  why: 'it looks at the unit in deploy/ in the tests',
  variable: 'SYSTEMD_ANALYZE_PATH',
  commands: ['systemd-analyze'],
  debian: 'systemd',
  brew: '',
};

/** What the tests need. @type {readonly SystemPackage[]} */
const SYSTEM_PACKAGES = [
  {
    name: 'Chromium',
    why: 'two real browsers hold a call in the tests',
    variable: 'CHROMIUM_PATH',
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    debian: 'chromium',
    brew: '--cask chromium',
  },
  {
    name: 'coturn',
    why: 'a real TURN server takes and refuses credentials in the tests',
    variable: 'TURNSERVER_PATH',
    commands: ['turnserver'],
    debian: 'coturn',
    brew: 'coturn',
  },
  {
    name: 'Redis',
    why: 'several nodes share a real one in the tests',
    variable: 'REDIS_SERVER_PATH',
    commands: ['redis-server'],
    debian: 'redis-server',
    brew: 'redis',
  },
  {
    name: 'HAProxy',
    why: 'it spreads clients over several nodes in the tests',
    variable: 'HAPROXY_PATH',
    commands: ['haproxy'],
    debian: 'haproxy',
    brew: 'haproxy',
  },
  {
    name: 'nginx',
    why: 'a call passes through one that speaks TLS in the tests',
    variable: 'NGINX_PATH',
    commands: ['nginx'],
    debian: 'nginx',
    brew: 'nginx',
  },
  {
    name: 'OpenSSL',
    why: 'the tests make certificates with it',
    variable: 'OPENSSL_PATH',
    commands: ['openssl'],
    debian: 'openssl',
    brew: 'openssl',
  },
  {
    name: 'curl',
    why: 'the commands of the README run in the tests',
    variable: 'CURL_PATH',
    commands: ['curl'],
    debian: 'curl',
    brew: 'curl',
  },
  // Only Linux has it.
  ...(process.platform === 'linux' ? [SYSTEMD] : []),
];

/** What several nodes on one machine need: `npm run cluster`. */
export const CLUSTER_PACKAGES = SYSTEM_PACKAGES.filter(({ name }) =>
  ['Redis', 'HAProxy'].includes(name),
);

/** Where Debian keeps daemons, which is not on everyone's PATH. */
const DAEMON_FOLDERS = ['/usr/local/sbin', '/usr/sbin'];

/**
 * Sees to it that every system package is there: installs the Debian packages as root on Debian and
 * what descends from it, and says so. Elsewhere throws a `Failure` with the command to run.
 *
 * @param {readonly SystemPackage[]} [packages]
 */
export async function ensureSystemPackages(packages = SYSTEM_PACKAGES) {
  const missing = packages.filter((wanted) => findProgram(wanted) === undefined);
  if (missing.length === 0) return;
  const machine = thisMachine();
  if (!machine.isDebian || !machine.isRoot) throw new Failure(instructions(missing, machine));

  const names = missing.map(({ debian }) => debian);
  console.log(`Installing Debian packages: ${names.join(', ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...names]]) {
    const { ok, output } = await run('apt-get', args, { env });
    if (!ok) throw new Failure(`${output}\n\napt-get ${args.join(' ')} failed.`);
  }
  const absent = missing.filter((wanted) => findProgram(wanted) === undefined);
  for (const { debian, commands, variable } of absent) {
    throw new Failure(
      `${debian} is installed, but none of ${commands.join(', ')} is on PATH: set ${variable}.`,
    );
  }
}

/**
 * The path of a program: what its variable names, else the first on PATH; undefined if there is none.
 * Throws a `Failure` if the variable names what cannot be run.
 *
 * @param {Pick<SystemPackage, 'variable' | 'commands'>} wanted
 * @param {NodeJS.ProcessEnv} [env]
 */
export function findProgram({ variable, commands }, env = process.env) {
  const given = env[variable];
  if (given) {
    if (isExecutable(given)) return given;
    throw new Failure(`${variable} names ${given}, which is not a program that can be run.`);
  }
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...DAEMON_FOLDERS];
  return commands
    .flatMap((command) => folders.map((folder) => join(folder, command)))
    .find(isExecutable);
}

/**
 * The programs found, each under its variable, so that all tests use the same. What is missing is
 * left out.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Record<string, string>}
 */
export const foundPrograms = (env) =>
  Object.fromEntries(
    SYSTEM_PACKAGES.flatMap((wanted) => {
      const path = findProgram(wanted, env);
      return path === undefined ? [] : [[wanted.variable, path]];
    }),
  );

/**
 * What to tell someone whose machine lacks these packages.
 *
 * @param {readonly SystemPackage[]} missing
 * @param {{ isDebian: boolean, isMac: boolean }} machine
 */
export function instructions(missing, { isDebian, isMac }) {
  const lines = missing.map(
    ({ name, why, variable }) => `${name} is missing: ${why}. (${variable} may name it.)`,
  );
  return [...lines, 'Install it with:', ...commandsFor(missing, isDebian, isMac)].join('\n');
}

/** @param {readonly SystemPackage[]} missing @param {boolean} isDebian @param {boolean} isMac */
function commandsFor(missing, isDebian, isMac) {
  const debian = missing.map((wanted) => wanted.debian).join(' ');
  if (isDebian) return [`  sudo apt-get update && sudo apt-get install -y ${debian}`];
  if (isMac) return missing.map(({ brew }) => `  brew install ${brew}`);
  const variables = missing.map(
    ({ variable, commands: [first] }) => `${variable}=/path/to/${first}`,
  );
  return [
    `  the package manager of your system (in Debian its name is: ${debian}), then`,
    `  ${variables.join(' ')} npm test`,
  ];
}

function thisMachine() {
  const release = '/etc/os-release';
  return {
    isRoot: process.getuid?.() === 0,
    isMac: process.platform === 'darwin',
    isDebian:
      existsSync(release) &&
      /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync(release, 'utf8')),
  };
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
