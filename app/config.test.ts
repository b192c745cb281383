import { describe, expect, it } from 'vitest';
import { readVariables } from './config/read.ts';
import { whole } from './config/variable.ts';
import { VARIABLES } from './config/variables.ts';
import { ConfigError, loadConfig } from './config.ts';

const HOUR_MS = 3_600_000;

const mistakesIn = (environment: Record<string, string>): readonly string[] => {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
};

describe('what an empty environment gives', () => {
  it('the documented defaults', () => {
    expect(loadConfig({})).toEqual({
      mode: 'development',
      host: '127.0.0.1',
      port: 3000,
      dataDir: './data',
      logLevel: 'info',
      allowedOrigins: '*',
      trustedProxies: [],
      auth: 'open',
      tokens: {
        issuer: 'telemedicine-signaling',
        audience: 'telemedicine-signaling',
        secrets: [],
        publicKeyPem: undefined,
        jwksUrl: undefined,
        maxLifetimeSeconds: 86_400,
      },
      ice: { static: [], turnUrls: [], turnSecrets: [], ttlSeconds: 3600 },
      limits: {
        messageBytes: 65536,
        metadataBytes: 16384,
        payloadDepth: 32,
        namespacesPerConnection: 5,
        connectsPerConnection: 20,
        roomsPerClient: 10,
        membersPerRoom: 10,
        waitingRoomSize: 500,
        heldMessages: 256,
        heldBytes: 262144,
        eventBurst: 150,
        eventsPerSecond: 50,
        descriptionBytes: 32_768,
        candidates: 200,
        connectionsPerAddress: 1000,
        failedAttempts: 10,
        firstEventSeconds: 600,
        backlogBytes: 1_048_576,
        backlogSeconds: 5,
      },
      windows: { doctorMs: 60_000, patientMs: 60_000, guestMs: 60_000, knockMs: 45_000 },
      heartbeat: { intervalMs: 15_000, timeoutMs: 10_000 },
      drainMs: 5000,
      retention: {
        namespaceIdleMs: null,
        unusedRoomMs: 24 * HOUR_MS,
        endedRoomMs: 24 * HOUR_MS,
        consultationMs: 90 * 24 * HOUR_MS,
        auditMs: 365 * 24 * HOUR_MS,
      },
      webhooks: undefined,
    });
  });

  it.each(['', '   '])('the same where variables are there but hold %j', (blank) => {
    const blanks = Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, blank]));
    expect(loadConfig(blanks)).toEqual(loadConfig({}));
  });

  it('defaults that are allowed values themselves', () => {
    for (const [name, { schema, fallback }] of Object.entries(VARIABLES)) {
      // A list that is empty is written by leaving the variable out.
      if (fallback === undefined || Array.isArray(fallback)) continue;
      expect(schema.safeParse(String(fallback)).success, name).toBe(true);
    }
  });
});

describe('where it listens', () => {
  it.each([
    [{}, '127.0.0.1'],
    [{ NODE_ENV: 'test' }, '127.0.0.1'],
    [{ NODE_ENV: 'production', AUTH: 'open' }, '0.0.0.0'],
    [{ NODE_ENV: 'production', AUTH: 'open', HOST: '10.0.0.7' }, '10.0.0.7'],
    [{ HOST: '::1' }, '::1'],
  ])('%j: host %s', (environment, host) => {
    expect(loadConfig(environment).host).toBe(host);
  });

  it.each([
    [{ PORT: '8080' }, 8080],
    [{ EXPRESS_PORT: '4000', PORT: '8080' }, 4000],
    [{ EXPRESS_PORT: '', PORT: '8080' }, 8080],
    [{ EXPRESS_PORT: '0' }, 0],
  ])('%j: port %i', (environment, port) => {
    expect(loadConfig(environment).port).toBe(port);
  });

  it.each(['65536', '-1', '80a', '8e3', '0x50', '80.5'])('no port %s', (given) => {
    expect(mistakesIn({ EXPRESS_PORT: given })).toHaveLength(1);
  });

  it.each(['http://localhost', 'localhost:3000/x', 'a b'])('no host %s', (given) => {
    expect(mistakesIn({ HOST: given })).toHaveLength(1);
  });
});

describe('who may come in', () => {
  const JWT_SECRET = 'x'.repeat(32);

  it.each([
    [{}, 'open'],
    [{ JWT_SECRET }, 'jwt'],
    [{ JWKS_URL: 'https://keys.example/jwks.json' }, 'jwt'],
    [{ JWT_SECRET, AUTH: 'open' }, 'open'],
    [{ JWT_SECRET, NODE_ENV: 'production' }, 'jwt'],
  ])('%j: %s', (environment, mode) => {
    expect(loadConfig(environment).auth).toBe(mode);
  });

  it.each([
    [{ AUTH: 'jwt' }, 'AUTH'],
    [{ NODE_ENV: 'production' }, 'AUTH'],
    [{ JWT_SECRET: 'short' }, 'JWT_SECRET'],
    [{ JWT_SECRET_PREVIOUS: JWT_SECRET }, 'JWT_SECRET_PREVIOUS'],
    [{ TURN_URLS: 'turn:relay.example:3478' }, 'TURN_URLS'],
    [{ TURN_SECRET: JWT_SECRET }, 'TURN_SECRET'],
    [{ ICE_SERVERS: '{' }, 'ICE_SERVERS'],
  ])('%j is a mistake', (environment, name) => {
    expect(mistakesIn(environment)).toEqual([expect.stringMatching(`^${name}: `)]);
  });

  it('a secret is never shown', () => {
    expect(mistakesIn({ JWT_SECRET: 'short', TURN_SECRET: 'short' }).join()).not.toContain('short');
  });
});

describe('HOOK-12 webhooks', () => {
  const WEBHOOK_SECRET = `whsec_${'A'.repeat(32)}`;
  const WEBHOOK_URL = 'https://backend.example/hooks?key=1';

  it.each([WEBHOOK_URL, 'http://localhost:8080/', 'http://127.0.0.1:8080', 'http://[::1]:1/a'])(
    'HOOK-12 %s is where they may go',
    (url) => {
      expect(loadConfig({ WEBHOOK_URL: url, WEBHOOK_SECRET }).webhooks).toEqual({
        url,
        secrets: [WEBHOOK_SECRET],
        turnSoon: 2,
        giveUpMs: 24 * HOUR_MS,
        keptMs: 7 * 24 * HOUR_MS,
      });
    },
  );

  it.each(['A'.repeat(32), `whsec_${'A'.repeat(43)}=`, 'a+/b'.repeat(21)])(
    'HOOK-12 %s is a secret',
    (secret) => {
      const given = { WEBHOOK_URL, WEBHOOK_SECRET, WEBHOOK_SECRET_PREVIOUS: secret };
      expect(loadConfig(given).webhooks?.secrets).toEqual([WEBHOOK_SECRET, secret]);
    },
  );

  const badUrls = [
    'http://backend.example/',
    'http://127.0.0.1.example/',
    'https://me:word@backend.example/',
    'https://backend.example/#a',
    'ftp://backend.example/',
    'backend.example',
  ];
  const badSecrets = ['A'.repeat(30), 'A'.repeat(88), `${'A'.repeat(32)}!`, '-_'.repeat(20)];
  it.each<[Record<string, string>, string]>([
    [{ WEBHOOK_URL }, 'WEBHOOK_URL'],
    [{ WEBHOOK_SECRET_PREVIOUS: WEBHOOK_SECRET }, 'WEBHOOK_SECRET_PREVIOUS'],
    ...badUrls.map((url): [Record<string, string>, string] => [
      { WEBHOOK_URL: url, WEBHOOK_SECRET },
      'WEBHOOK_URL',
    ]),
    ...badSecrets.map((secret): [Record<string, string>, string] => [
      { WEBHOOK_URL, WEBHOOK_SECRET: secret },
      'WEBHOOK_SECRET',
    ]),
  ])('HOOK-12 %j is a mistake', (environment, name) => {
    const mistakes = mistakesIn(environment);
    expect(mistakes[0]).toMatch(new RegExp(`^${name}: `));
    expect(mistakes.join()).not.toMatch(/backend\.|word@|AAA/);
  });
});

describe('METRIC-1 the operator’s token', () => {
  it.each(['x'.repeat(32), 'operator-0123456789._~+/abcdefghijk=='])('%s', (OPERATOR_TOKEN) => {
    expect(loadConfig({ OPERATOR_TOKEN }).operatorToken).toBe(OPERATOR_TOKEN);
  });

  it.each(['x'.repeat(31), `${'x'.repeat(32)} y`, 'é'.repeat(40)])(
    'no header can carry %j',
    (OPERATOR_TOKEN) => {
      expect(mistakesIn({ OPERATOR_TOKEN })).toEqual([
        expect.stringMatching(/^OPERATOR_TOKEN: .*not shown.*at least 32 characters/),
      ]);
    },
  );
});

describe('the public address', () => {
  it.each(['https://calls.example.org', 'https://calls.example.org/'])('%s', (PUBLIC_URL) => {
    expect(loadConfig({ PUBLIC_URL }).publicUrl).toBe('https://calls.example.org');
  });

  it.each(['calls.example.org', 'https://calls.example.org/a', 'https://a:b@calls.example.org'])(
    '%s is a mistake',
    (PUBLIC_URL) => {
      expect(mistakesIn({ PUBLIC_URL })).toEqual([expect.stringMatching('^PUBLIC_URL: ')]);
    },
  );
});

describe('allowed origins', () => {
  it.each([
    ['*', '*'],
    ['https://a.example', ['https://a.example']],
    [
      'https://A.example:443 , http://b.example:8080',
      ['https://a.example', 'http://b.example:8080'],
    ],
    ['capacitor://localhost', ['capacitor://localhost']],
    ['http://[::1]:3000', ['http://[::1]:3000']],
  ])('%s', (given, expected) => {
    expect(loadConfig({ ALLOWED_ORIGINS: given }).allowedOrigins).toEqual(expected);
  });

  it.each([
    '*,https://a.example',
    'a.example',
    'https://a.example/',
    'https://*.example',
    'https://a.example,,https://b.example',
    'https://user@a.example',
    'https://a.example:99999',
    'null',
  ])('not %s', (given) => {
    expect(mistakesIn({ ALLOWED_ORIGINS: given })).toHaveLength(1);
  });
});

describe('units', () => {
  it('seconds and hours become milliseconds, fractions included', () => {
    const { windows, retention } = loadConfig({
      WINDOW_PATIENT_SECONDS: '0.25',
      WINDOW_DOCTOR_SECONDS: '0',
      NAMESPACE_IDLE_HOURS: '0.5',
      UNUSED_ROOM_HOURS: '2',
    });
    expect(windows).toMatchObject({ patientMs: 250, doctorMs: 0 });
    expect(retention).toMatchObject({ namespaceIdleMs: HOUR_MS / 2, unusedRoomMs: 2 * HOUR_MS });
  });
});

describe('mistakes', () => {
  it('are all named at once, with what was given and what is allowed', () => {
    expect(() =>
      loadConfig({
        EXPRESS_PORT: '80a',
        LOG_LEVEL: 'loud',
        KNOCK_SECONDS: '0.5',
        HOST: 'localhost',
      }),
    ).toThrow(
      new ConfigError([
        'EXPRESS_PORT: "80a" is not allowed. Allowed: a whole number from 0 to 65535.',
        'LOG_LEVEL: "loud" is not allowed. Allowed: fatal, error, warn, info, debug, trace, silent.',
        'KNOCK_SECONDS: "0.5" is not allowed. Allowed: a number from 1 to 3600.',
      ]),
    );
  });

  it('stand under each other in the message', () => {
    expect(new ConfigError(['A: x.', 'B: y.']).message).toBe(
      '2 settings are wrong:\n  A: x.\n  B: y.',
    );
    expect(new ConfigError(['A: x.']).message).toBe('One setting is wrong:\n  A: x.');
  });

  it('are found in the variable that does not count, too', () => {
    expect(mistakesIn({ EXPRESS_PORT: '4000', PORT: 'x' })).toHaveLength(1);
  });

  it('show only the beginning of a long value, and control characters escaped', () => {
    const [mistake = ''] = mistakesIn({ LOG_LEVEL: `\u001b[2J${'x'.repeat(10_000)}` });
    expect(mistake.length).toBeLessThan(250);
    expect(mistake).not.toContain('\u001b');
  });

  it('never show a secret', () => {
    const key = whole({ min: 1, max: 9, fallback: 1 }, { description: 'A key.', secret: true });
    expect(() => readVariables({ KEY: key }, { KEY: 'hunter2' })).toThrow(
      new ConfigError([
        'KEY: what was given (not shown) is not allowed. Allowed: a whole number from 1 to 9.',
      ]),
    );
  });
});

describe('the config', () => {
  it('is frozen all the way down', () => {
    const config = loadConfig({ ALLOWED_ORIGINS: 'https://a.example' });
    const isFrozen = (value: unknown): boolean =>
      typeof value !== 'object' ||
      value === null ||
      (Object.isFrozen(value) && Object.values(value).every(isFrozen));
    expect(isFrozen(config)).toBe(true);
  });

  it('does not keep hold of the environment', () => {
    const environment = { PORT: '4000' };
    const config = loadConfig(environment);
    environment.PORT = '5000';
    expect(config.port).toBe(4000);
  });
});
