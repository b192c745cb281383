import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ATTRIBUTE } from '../../app/cli/check/stun.ts';
import { createIceServers } from '../../app/ice/ice-servers.ts';
import { type Coturn, startCoturn } from '../support/coturn.ts';
import { addressesIn, ONE_BYTE_SET, PUBLIC, SPECIAL_PURPOSE } from '../support/special-purpose.ts';
import { openTurnClient, type TurnClient, type TurnCredentials } from '../support/turn-client.ts';

const CURRENT = 'b/+=current_secret~current.secret-current';
const PREVIOUS = 'previous-secret-previous-secret-previous';
const RETIRED = 'retired-secret-retired-secret-retired-1';

interface Signing {
  secret?: string;
  ttlSeconds?: number;
  now?: number;
  clientId?: string;
}

/** What the server would hand out, with these settings, at this time, to this client. */
function credentials(signing: Signing = {}): TurnCredentials {
  const { secret = CURRENT, ttlSeconds = 3_600, now = Date.now(), clientId = 'client-1' } = signing;
  const ice = createIceServers(
    { static: [], turnUrls: ['turn:127.0.0.1'], turnSecrets: [secret], ttlSeconds },
    { now: () => now },
  );
  const [relay] = ice.forClient(clientId).iceServers;
  return { username: relay?.username ?? '', credential: relay?.credential ?? '' };
}

let relay: Coturn;
const clients: TurnClient[] = [];

async function client(given: TurnCredentials, server = relay): Promise<TurnClient> {
  const opened = await openTurnClient(server.port, given);
  clients.push(opened);
  return opened;
}

/** What the relay in deploy/ says to an allocation with these credentials. */
const allocate = async (given: TurnCredentials) => (await (await client(given)).allocate()).error;

beforeAll(async () => {
  relay = await startCoturn({ secrets: [CURRENT, PREVIOUS] });
});

afterAll(async () => {
  for (const opened of clients) opened.close();
  await relay?.stop();
});

describe('ICE-2 coturn takes the credentials that the server makes', () => {
  it('ICE-2 an allocation with them succeeds', async () => {
    const allocation = await (await client(credentials())).allocate();
    expect(allocation.error).toBeUndefined();
    expect(allocation.relayed?.address).toBe('127.0.0.1');
  });

  it('ICE-2 without credentials there is none', async () => {
    expect(await allocate({ username: '', credential: '' })).toBe(401);
  });

  it.each([
    ['a later expiry', ({ username }) => username.replace(/^\d+/, (expiry) => `${+expiry + 60}`)],
    ['another name', ({ username }) => `${username}x`],
    ['no name', ({ username }) => username.replace(/:.*/, '')],
    ['no expiry', () => 'name'],
  ] satisfies [string, (own: TurnCredentials) => string][])(
    'ICE-2 %s needs another signature',
    async (_, forge) => {
      const own = credentials();
      expect(await allocate({ ...own, username: forge(own) })).toBe(401);
    },
  );

  it('ICE-2 the signature of another client is refused', async () => {
    const { credential } = credentials({ clientId: 'client-2' });
    expect(await allocate({ ...credentials(), credential })).toBe(401);
  });
});

describe('ICE-3 credentials expire', () => {
  it('ICE-3 expired ones are refused', async () => {
    const anHourAgo = Date.now() - 3_601_000;
    expect(await allocate(credentials({ now: anHourAgo }))).toBe(401);
  });

  it('ICE-3 what was allocated in time stays while it is refreshed', async () => {
    const brief = credentials({ ttlSeconds: 2 });
    const caller = await client(brief);
    expect((await caller.allocate()).error).toBeUndefined();
    // Coturn looks at its clock about once a second.
    await expect.poll(() => allocate(brief), { timeout: 8000, interval: 250 }).toBe(401);
    expect((await caller.refresh(600)).error).toBeUndefined();
    expect((await caller.permit('8.8.8.8')).error).toBeUndefined();
  });
});

describe('ICE-5 two secrets live during a rotation', () => {
  it('ICE-5 what the second one signed is taken', async () => {
    expect(await allocate(credentials({ secret: PREVIOUS }))).toBeUndefined();
  });

  it('ICE-5 what a retired one signed is refused', async () => {
    expect(await allocate(credentials({ secret: RETIRED }))).toBe(401);
  });

  it('ICE-5 turnadmin adds one and takes one away without a restart', async () => {
    const running = await startCoturn({ secrets: [] });
    const verdicts = async () => {
      const given = [credentials({ secret: PREVIOUS }), credentials({ secret: CURRENT })];
      const opened = await Promise.all(given.map((own) => client(own, running)));
      return Promise.all(opened.map(async (own) => (await own.allocate()).error));
    };
    await turnadmin(running, '--set-secret', PREVIOUS);
    expect(await verdicts()).toEqual([undefined, 401]);
    const calling = await client(credentials({ secret: PREVIOUS }), running);
    expect((await calling.allocate()).error).toBeUndefined();
    await turnadmin(running, '--set-secret', CURRENT);
    expect(await verdicts()).toEqual([undefined, undefined]);
    await turnadmin(running, '--delete-secret', PREVIOUS);
    expect(await verdicts()).toEqual([401, undefined]);
    expect((await calling.refresh(600)).error).toBeUndefined();
    await running.stop();
  });
});

/** Changes the secrets of a running coturn, as docs/TURN.md says. */
async function turnadmin(server: Coturn, action: string, secret: string): Promise<void> {
  const realm = 'telemedicine-signaling';
  const { stdout } = await promisify(execFile)('turnadmin', [
    `${action}=${secret}`,
    `--realm=${realm}`,
    `--userdb=${server.database}`,
  ]);
  // It starts a log of its own wherever it may, and nothing keeps it from that.
  const [, log] = /log file opened: (\S+)/.exec(stdout) ?? [];
  if (log !== undefined) await rm(log, { force: true });
}

describe.each(['ipv4', 'ipv6'] as const)('ICE-7 where the relay reaches over %s', (family) => {
  let caller: TurnClient;

  beforeAll(async () => {
    caller = await client(credentials({ clientId: family }));
    expect((await caller.allocate(family)).error).toBeUndefined();
  });

  it.each(SPECIAL_PURPOSE[family])('ICE-7 no permission for a peer in %s', async (range) => {
    const answers = await Promise.all(
      addressesIn(range).map(async (address) => [address, (await caller.permit(address)).error]),
    );
    expect(answers).toEqual(addressesIn(range).map((address) => [address, 403]));
  });

  it.each(SPECIAL_PURPOSE[family])('ICE-7 no channel to a peer in %s', async (range) => {
    const [address = ''] = addressesIn(range);
    expect((await caller.bind(0x4000, { address, port: 3478 })).error).toBe(403);
  });

  it.each(PUBLIC[family])('ICE-7 %s is public and may be a peer', async (address) => {
    expect((await caller.permit(address)).error).toBeUndefined();
  });
});

describe('ICE-7 what is easily missed', () => {
  it('ICE-7 no permission for an address of ::/8, whichever byte is set', async () => {
    const caller = await client(credentials());
    await caller.allocate('ipv6');
    const answers = await Promise.all(
      ONE_BYTE_SET.map(async (address) => [address, (await caller.permit(address)).error]),
    );
    expect(answers).toEqual(ONE_BYTE_SET.map((address) => [address, 403]));
  });

  it('ICE-7 no permission for 168.63.129.16, which is public but in a cloud is its host', async () => {
    const caller = await client(credentials());
    await caller.allocate();
    expect((await caller.permit('168.63.129.16')).error).toBe(403);
  });
});

describe('ICE-8 a relay for calls and for nothing else', () => {
  it('ICE-8 no TCP connections on behalf of a client', async () => {
    expect((await (await client(credentials())).allocate('ipv4', 'tcp')).error).toBe(442);
  });

  it('ICE-8 it does not say which version it is', async () => {
    const anyone = await client(credentials());
    const { attributes } = await anyone.binding();
    const allocation = await anyone.allocate();
    expect(attributes.has(ATTRIBUTE.software)).toBe(false);
    expect(allocation.attributes.has(ATTRIBUTE.software)).toBe(false);
  });

  it('ICE-8 32 allocations for one client, whichever credentials it has', async () => {
    const ice = createIceServers(
      { static: [], turnUrls: ['turn:127.0.0.1'], turnSecrets: [CURRENT], ttlSeconds: 3_600 },
      { now: () => Date.now() + clients.length * 1_000 },
    );
    const next = async () => {
      const [given] = ice.forClient('greedy').iceServers;
      return allocate(given as TurnCredentials);
    };
    for (let i = 0; i < 32; i += 1) expect(await next()).toBeUndefined();
    expect(await next()).toBe(486);
  });

  it('ICE-8 nobody administers it over the network', async () => {
    const port = relay.port + 1;
    const own = await startCoturn({ secrets: [CURRENT], options: [`--cli-port=${port}`] });
    const socket = connect(port, '127.0.0.1');
    const [error] = await once(socket, 'error');
    expect(error.code).toBe('ECONNREFUSED');
    await own.stop();
  });
});

describe('ICE-9 a call through the relay', () => {
  let local: Coturn;

  beforeAll(async () => {
    local = await startCoturn({
      secrets: [CURRENT],
      options: ['--allow-loopback-peers', '--allowed-peer-ip=127.0.0.1'],
    });
  });

  afterAll(() => local?.stop());

  it('ICE-9 what one client sends reaches the other through both relayed addresses', async () => {
    const [doctor, patient] = await Promise.all([
      client(credentials({ clientId: 'doctor' }), local),
      client(credentials({ clientId: 'patient' }), local),
    ]);
    const [ofDoctor, ofPatient] = await Promise.all([doctor.allocate(), patient.allocate()]);
    if (ofDoctor.relayed === undefined || ofPatient.relayed === undefined) {
      throw new Error(`no relayed address: ${ofDoctor.error}, ${ofPatient.error}`);
    }
    await Promise.all([doctor.permit('127.0.0.1'), patient.permit('127.0.0.1')]);
    const heard = patient.received();
    doctor.send(ofPatient.relayed, Buffer.from('good morning'));
    expect((await heard).toString()).toBe('good morning');
    const answered = doctor.received();
    patient.send(ofDoctor.relayed, Buffer.from('good morning, doctor'));
    expect((await answered).toString()).toBe('good morning, doctor');
  });

  it('ICE-9 what is allowed for the relay itself opens nothing beside it', async () => {
    const caller = await client(credentials(), local);
    await caller.allocate();
    expect((await caller.permit('127.0.0.2')).error).toBe(403);
    expect((await caller.permit('10.0.0.1')).error).toBe(403);
  });
});

describe('ICE-10 the file in deploy/', () => {
  it('ICE-10 coturn understands every line of it', () => {
    expect(relay.log()).not.toMatch(/bad configuration|unknown|deprecated|warning/i);
  });

  it('ICE-10 without a secret nobody may relay', async () => {
    const closed = await startCoturn({ secrets: [] });
    const caller = await client(credentials(), closed);
    expect((await caller.allocate()).error).toBe(401);
    await closed.stop();
  });

  it('ICE-10 a missing turnserver fails with the command that installs it', async () => {
    const before = process.env.TURNSERVER_PATH;
    process.env.TURNSERVER_PATH = '/nowhere/turnserver';
    try {
      await expect(startCoturn({ secrets: [] })).rejects.toThrow('apt-get install -y coturn');
    } finally {
      if (before === undefined) delete process.env.TURNSERVER_PATH;
      else process.env.TURNSERVER_PATH = before;
    }
  });
});
