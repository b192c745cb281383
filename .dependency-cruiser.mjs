/**
 * Who may import whom. What a row does not allow is forbidden; types count as imports. Paths are
 * regular expressions over the clone; a file of app/ or packages/ that is in no row may import nothing.
 */

const TESTS = ['\\.(test|contract)\\.m?[jt]s$', '^(test|bench)/'];
const DRIVERS = 'libsql|redis|@redis';

/** Modules from npm. @param {string[]} names */
const npm = (...names) => `^node_modules/(${names.join('|')})/`;
const anyNpmButDrivers = `^node_modules/(?!(${DRIVERS})/)`;
const crypto = '^(node:)?crypto$';

const protocol = '^packages/protocol/src/';
const client = '^packages/client/src/';
const ui = '^packages/ui/src/';

const router = '^app/[^/]+/router\\.ts$';
const storeOpenError = '^app/data/store-open-error\\.ts$';
const DATA_PORTS = 'session-data|consultation-records|audit-log|webhook-outbox|webhook-events';
const ports = [
  `^app/data/(${DATA_PORTS})\\.ts$`,
  '^app/cluster/(bus|register)\\.ts$',
  storeOpenError,
];
const signalingError = '^app/errors/signaling-error\\.ts$';
const basics = ['^app/(clock|outcome|config)\\.ts$', '^app/config/', signalingError, ...ports];
const layers0and1 = [protocol, npm('zod'), ...basics];

/** The folders of use cases, each with the packages that it needs beside Zod. */
const USE_CASES = {
  rooms: [],
  namespaces: [],
  auth: ['jose'],
  ice: [],
  audit: [],
  consultations: [],
  webhooks: [],
};
const useCases = Object.keys(USE_CASES).map((folder) => `^app/${folder}/(?!router\\.ts)`);

/** What routers and sockets share: the HTTP edge, logs and figures. */
const edge = ['^app/(http|ops)/(?!router\\.ts)', '^app/errors/(?!signaling-error)'];
const layers0to2 = [...layers0and1, ...useCases];
const layers0to3 = [...layers0to2, ...edge, router, '^app/(socket|site)/'];

/** The way to Redis, which all adapters over it take. */
const redisLink = '^app/redis/';

/** The backends: a file belongs to the one whose name it, or its folder, begins with. */
const adapters = [
  { folder: 'data', ports: DATA_PORTS, backend: 'sqlite', drivers: [npm('libsql')] },
  { folder: 'data', ports: DATA_PORTS, backend: 'redis', drivers: [redisLink] },
  { folder: 'cluster', ports: 'bus|register', backend: 'local', drivers: [] },
  { folder: 'cluster', ports: 'bus|register', backend: 'redis', drivers: [redisLink] },
].map(({ folder, ports, backend, drivers }) => {
  const own = [`^app/${folder}/(${ports})-${backend}[-.]`, `^app/${folder}/${backend}[-./]`];
  const ownPorts = `^app/${folder}/(${ports})\\.ts$`;
  return {
    name: `2 adapters ${folder}-${backend}`,
    files: own,
    may: [...own, ownPorts, storeOpenError, signalingError, protocol, ...drivers],
    anyOfNode: true,
  };
});

/** The table: `may` lists what a row's files may import; `anyOfNode` adds all of Node's own modules. */
const TABLE = [
  { name: '0 protocol', files: protocol, may: [protocol, npm('zod')] },
  // Settings know addresses by their form.
  { name: '1 basics', files: basics, may: [...layers0and1, npm('ipaddr\\.js')] },
  ...Object.entries(USE_CASES).map(([folder, packages]) => ({
    name: `2 use cases ${folder}`,
    files: `^app/${folder}/(?!router\\.ts)`,
    may: [
      ...layers0and1,
      `^app/${folder}/(?!router\\.ts)`,
      crypto,
      ...packages.map((name) => npm(name)),
    ],
  })),
  ...adapters,
  {
    name: '2 way to Redis',
    files: redisLink,
    may: [redisLink, '^app/config/redis-address\\.ts$', signalingError, npm('redis', '@redis')],
    anyOfNode: true,
  },
  { name: '3 edge', files: edge, may: [...layers0to2, ...edge, anyNpmButDrivers], anyOfNode: true },
  {
    // $1 is the router's own folder: rooms/ and namespaces/ know nothing of each other.
    name: '3 routers',
    files: '^app/([^/]+)/router\\.ts$',
    may: [
      ...layers0and1,
      ...edge,
      '^app/$1/',
      '^app/(auth|ice|audit)/(?!router\\.ts)',
      anyNpmButDrivers,
    ],
    anyOfNode: true,
  },
  ...['socket', 'site', 'cli'].map((folder) => ({
    name: `3 ${folder}`,
    files: `^app/${folder}/(?!router\\.ts)`,
    may: [...layers0to2, ...edge, `^app/${folder}/`, anyNpmButDrivers],
    anyOfNode: true,
  })),
  {
    name: '4 applications',
    files: '^app/(index|io)\\.ts$',
    may: [...layers0to3, anyNpmButDrivers],
    anyOfNode: true,
  },
  {
    name: '5 start',
    files: '^app/(start|backends|cluster-link|webhook-link|readings)\\.ts$',
    may: ['^app/(?!(server|cli|environment)\\.ts)', protocol, '^node_modules/'],
    anyOfNode: true,
  },
  {
    name: '5 entries',
    files: '^app/(server|cli|environment)\\.ts$',
    may: ['^app/', protocol, '^node_modules/'],
    anyOfNode: true,
  },
  { name: 'client', files: client, may: [client, protocol, npm('socket.io-client')] },
  { name: 'ui', files: ui, may: [ui, client, protocol, npm('lit', 'lucide')] },
  {
    name: 'scripts',
    files: '^scripts/',
    may: ['^scripts/', '^\\.dependency-cruiser\\.mjs$', '^node_modules/'],
    anyOfNode: true,
  },
  { name: 'bin', files: '^bin/', may: ['^scripts/'], anyOfNode: true },
];

const inTable = TABLE.flatMap(({ files }) => files);

/**
 * @typedef {import('dependency-cruiser').IRegularForbiddenRuleType} Rule
 * @param {string} name
 * @param {string} comment
 * @param {Rule['from']} from
 * @param {Rule['to']} to
 * @returns {Rule}
 */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @satisfies {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...TABLE.map(({ name, files, may, anyOfNode }) =>
      forbid(
        `layer ${name}`,
        'The table in .dependency-cruiser.mjs does not allow this import.',
        { path: files, pathNot: TESTS },
        { pathNot: may, dependencyTypesNot: anyOfNode ? ['core'] : [] },
      ),
    ),
    forbid(
      'no place in the table',
      'This file is in no row of the table in .dependency-cruiser.mjs.',
      { pathNot: [...inTable, ...TESTS, '^node_modules/', '^\\.dependency-cruiser\\.mjs$'] },
      {},
    ),
    forbid(
      'nothing imports tests',
      'Only tests import tests and what stands in test/ and bench/.',
      { pathNot: TESTS },
      { path: TESTS },
    ),
    forbid(
      'no circles',
      'These files import each other in a circle; types count.',
      {},
      { circular: true },
    ),
    forbid(
      'no orphans',
      'Nothing imports this file, and it imports nothing.',
      {
        orphan: true,
        pathNot: [...TESTS, 'vite\\.config\\.mjs$', '^(bin|scripts)/[^/]+$', '\\.d\\.ts$'],
      },
      {},
    ),
    forbid('resolvable', 'This import leads nowhere.', {}, { couldNotResolve: true }),
  ],
  options: {
    parser: /** @type {const} */ ('swc'),
    tsPreCompilationDeps: true,
    doNotFollow: { path: '^node_modules/' },
    exclude: { path: ['(^|/)dist/', '^app/site/assets/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'types', 'import', 'node', 'default'],
    },
  },
};
