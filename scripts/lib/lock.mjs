/**
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[],
 *   libc?: string[], optionalDependencies?: Record<string, string> } & Record<string, unknown>} Locked
 */

const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];

/**
 * The optional packages that a lock file does not name though a package in it asks for them, each with
 * what can be said of it. npm leaves out what its registry would not give it when the file was made,
 * such as the binaries for another platform; `npm ci` then refuses the file, here and there.
 *
 * @param {Readonly<Record<string, Locked>>} packages The part `packages` of package-lock.json.
 * @returns {Record<string, Locked>}
 */
export function missingOptionals(packages) {
  return Object.fromEntries(
    Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev }]) =>
      Object.entries(optionalDependencies)
        .filter(([name]) => !placesFor(name, path).some((place) => place in packages))
        .map(([name, version]) => [`node_modules/${name}`, entryFor(name, version, dev)]),
    ),
  );
}

/**
 * Where Node looks for a package that the one at `path` asks for.
 *
 * @param {string} name
 * @param {string} path
 */
function placesFor(name, path) {
  const folders = path.split(/(?:^|\/)node_modules\//).slice(1);
  const around = folders.map((_, depth) => folders.slice(0, depth + 1).join('/node_modules/'));
  return [`node_modules/${name}`, ...around.map((at) => `node_modules/${at}/node_modules/${name}`)];
}

/**
 * Which platform a binary is for its name says, by custom. The keys stand in npm's order.
 *
 * @param {string} name
 * @param {string} version
 * @param {boolean | undefined} dev
 * @returns {Locked}
 */
function entryFor(name, version, dev) {
  const words = name.split(/[-/]/);
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') ? ['glibc'] : undefined;
  return {
    version,
    cpu: words.filter((word) => PROCESSORS.includes(word)),
    ...(dev ? { dev } : {}),
    ...(libc ? { libc } : {}),
    optional: true,
    os: words.filter((word) => SYSTEMS.includes(word)),
  };
}
