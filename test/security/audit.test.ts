import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTokenMint, type MintRequest, type TokenMint } from '../../app/auth/mint.ts';
import { AUDIT_ACTIONS } from '../../app/data/audit-log.ts';
import { auditLines, auditProcess, runAudit, said, serverProcess } from '../support/audit.ts';
import { TestClient } from '../support/clients.ts';
import { freshRoom, granted, refused, turnedAway } from '../support/practice.ts';
import { Service } from '../support/service.ts';
import { examplesIn, isFound, runExample } from '../support/tokens/doc-examples.ts';

const SECRET = 'a secret of this test alone: 0123456789abcdef';
const DESK = 'desk';
const OTHER_DESK = 'other-desk';
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const name = 'telemedicine-signaling';

let service: Service;
let mint: TokenMint;

beforeAll(async () => {
  service = await Service.start({
    JWT_SECRET: SECRET,
    TURN_URLS: 'turn:turn.example:3478',
    TURN_SECRET: 'another-secret-of-this-test-0123456789abcdef',
  });
  const settings = { issuer: name, audience: name, secrets: [SECRET] };
  mint = createTokenMint({ settings, clock: service.clock });
  for (const namespaceId of [DESK, OTHER_DESK]) {
    expect((await asBackend('/create-namespace', { namespaceId })).status).toBe(200);
  }
});
afterAll(() => service.stop());

/** What a test has begun: nothing of it goes on in the next. */
const connected: TestClient[] = [];
const waiting: { client: TestClient; room: string }[] = [];
afterEach(async () => {
  for (const { client, room } of waiting.splice(0)) {
    if (client.socket.connected) await client.say('leave', { 'room-id': room });
  }
  for (const client of connected.splice(0)) client.close();
  await service.pass(2 * MINUTE_MS);
});

async function tokenFor(wanted: Partial<MintRequest>): Promise<string> {
  const guest = { role: 'guest', subject: 'somebody', namespaces: [DESK] } as const;
  return (await mint.mint({ ...guest, namespaces: [DESK], ttlSeconds: 86_000, ...wanted })).token;
}

async function arrive(wanted: Partial<MintRequest>, auth: object = {}): Promise<TestClient> {
  const token = await tokenFor(wanted);
  const client = await service.join(wanted.namespaces?.[0] ?? DESK, { auth: { token, ...auth } });
  connected.push(client);
  await client.caughtUp();
  return client;
}

const doctor = (subject = 'dr-house') => arrive({ role: 'doctor', subject });
const atDesk = async (subject?: string): Promise<TestClient> => {
  const client = await doctor(subject);
  await granted(client.say('doctor-joined', {}));
  return client;
};
async function patient(room: string, sent: object = {}): Promise<TestClient> {
  const client = await arrive({ role: 'patient', subject: 'p-17' });
  await granted(client.say('create', { 'room-id': room, ...sent }));
  waiting.push({ client, room });
  return client;
}

async function post(path: string, body: object, token?: string): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(`${service.url}${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: token === undefined ? headers : { ...headers, Authorization: `Bearer ${token}` },
  });
}

const backend = () => tokenFor({ role: 'service', subject: 'backend', namespaces: ['*'] });
const asBackend = async (path: string, body: object) => post(path, body, await backend());

/** The lines that `act` leaves, and what it gives. Lines of TURN credentials are looked at apart. */
async function linesOf<T>(act: () => Promise<T>): Promise<{ lines: object[]; given: T }> {
  const [last] = (await auditLines(service.dataDir)).slice(-1);
  const given = await act();
  // Whatever had happened when this is answered is written.
  await service.call('check-availability', { namespaceId: 'nowhere' });
  const lines = (await auditLines(service.dataDir, last?.seq)).map(said);
  return { lines: lines.filter(isOfInterest), given };
}

const isOfInterest = (line: object): boolean =>
  !('action' in line && line.action === 'turn-issued') &&
  // `linesOf` asks without a token.
  !('asked' in line && line.asked === '/check-availability');

const who = (role: string, subject: string, client: TestClient) => ({
  role,
  subject,
  'client-id': client.id,
  from: '127.0.0.1',
});
const inDesk = (room?: string) => ({
  result: 'ok',
  'namespace-id': DESK,
  ...(room === undefined ? {} : { 'room-id': room }),
});
const inOpen = { from: '127.0.0.1' };

describe('coming in', () => {
  it('AUDIT-1 joined, and resumed', async () => {
    const { lines, given: first } = await linesOf(() => doctor());
    const line = { ...who('doctor', 'dr-house', first), ...inDesk() };
    expect(lines).toEqual([{ action: 'joined', ...line }]);
    first.close();
    const resume = first.welcome['resume-token'];
    const back = await linesOf(() => arrive({ role: 'doctor', subject: 'dr-house' }, { resume }));
    expect(back.lines).toEqual([{ action: 'resumed', ...line }]);
  });

  it('AUDIT-1 refused: without a token, with a bad one, and into what is not theirs', async () => {
    const token = await tokenFor({ subject: 'nosy', namespaces: [DESK] });
    const { lines } = await linesOf(async () => {
      await turnedAway(service.join(DESK), 'token-missing');
      await turnedAway(service.join(DESK, { auth: { token: 'x' } }), 'token-invalid');
      await turnedAway(service.join(OTHER_DESK, { auth: { token } }), 'namespace-not-found');
    });
    const line = { action: 'refused', ...inOpen, 'namespace-id': DESK, asked: 'connect' };
    const nosy = { role: 'guest', subject: 'nosy' };
    expect(lines).toEqual([
      { ...line, result: 'token-missing' },
      { ...line, result: 'token-invalid' },
      { ...line, ...nosy, result: 'namespace-not-found', 'namespace-id': OTHER_DESK },
    ]);
  });
});

describe('a consultation', () => {
  it('AUDIT-1 entered, knocked, admitted, ended', async () => {
    const room = freshRoom();
    const dr = await atDesk();
    const p = await arrive({ role: 'patient', subject: 'p-17' });
    const guest = await arrive({ role: 'guest', subject: 'interpreter' });
    const by = { dr: who('doctor', 'dr-house', dr), p: who('patient', 'p-17', p) };
    const sent = { 'room-id': room };

    const entering = await linesOf(() => granted(p.say('create', sent)));
    expect(entering.lines).toEqual([{ action: 'entered', ...by.p, ...inDesk(room) }]);
    const again = await linesOf(() => granted(p.say('create', sent)));
    expect(again.lines).toEqual([]);

    const knocking = await linesOf(() => granted(dr.say('join', { ...sent, init: true })));
    expect(knocking.lines).toEqual([{ action: 'knocked', ...by.dr, ...inDesk(room) }]);
    const ringing = await linesOf(() => granted(dr.say('join', { ...sent, init: true })));
    expect(ringing.lines).toEqual([]);

    const admitting = await linesOf(() => granted(dr.say('join', sent)));
    expect(admitting.lines).toEqual([{ action: 'admitted', ...by.dr, ...inDesk(room) }]);
    const twice = await linesOf(() => granted(dr.say('join', sent)));
    expect(twice.lines).toEqual([]);

    const accompanying = await linesOf(() => granted(guest.say('join', sent)));
    const companion = who('guest', 'interpreter', guest);
    expect(accompanying.lines).toEqual([{ action: 'entered', ...companion, ...inDesk(room) }]);

    const calling = await linesOf(() =>
      granted(dr.say('offer', { 'peer-id': p.id, sdp: 'v=0\r\n' })),
    );
    expect(calling.lines).toEqual([]);

    const ending = await linesOf(() => granted(dr.say('doctor-ended', sent)));
    const end = { action: 'ended', reason: 'doctor-ended', ...by.dr, ...inDesk(room) };
    expect(ending.lines).toEqual([end]);
  });

  it('AUDIT-1 transferred', async () => {
    const room = freshRoom();
    const namespaces = [DESK, OTHER_DESK];
    const dr = await arrive({ role: 'doctor', subject: 'dr-house', namespaces });
    await granted(dr.say('doctor-joined', {}));
    await patient(room);
    const { lines } = await linesOf(() =>
      granted(dr.say('transfer', { 'room-id': room, 'to-namespace-id': OTHER_DESK })),
    );
    const line = { ...who('doctor', 'dr-house', dr), ...inDesk(room) };
    expect(lines).toEqual([{ action: 'transferred', 'to-namespace-id': OTHER_DESK, ...line }]);
  });

  it.each(['rejected', 'patient-left', 'patient-ended', 'leave'])(
    'AUDIT-1 ended: %s',
    async (how) => {
      const room = freshRoom();
      const dr = await atDesk();
      const p = await patient(room);
      const [actor, line] =
        how === 'rejected'
          ? ([dr, who('doctor', 'dr-house', dr)] as const)
          : ([p, who('patient', 'p-17', p)] as const);
      const event = how === 'rejected' ? 'doctor-rejected' : how;
      const { lines } = await linesOf(() => granted(actor.say(event, { 'room-id': room })));
      const reason = how === 'leave' ? 'patient-left' : how;
      expect(lines).toEqual([{ action: 'ended', reason, ...line, ...inDesk(room) }]);
    },
  );

  it('AUDIT-1 ended by the clock: abandoned, lost, expired', async () => {
    const [queued, talking] = [freshRoom(), freshRoom()];
    const dr = await atDesk();
    const one = await patient(queued);
    const other = await patient(talking);
    await granted(dr.say('join', { 'room-id': talking }));
    const byClock = (reason: string, room: string) => ({
      action: 'ended',
      reason,
      role: 'server',
      ...inDesk(room),
    });
    one.drop();
    other.drop();
    await dr.first('client-disconnected', (gone) => gone['client-id'] === one.id);
    await dr.first('client-disconnected', (gone) => gone['client-id'] === other.id);
    const { lines } = await linesOf(() => service.pass(MINUTE_MS));
    expect(lines).toHaveLength(2);
    expect(lines).toEqual(
      expect.arrayContaining([byClock('abandoned', queued), byClock('lost', talking)]),
    );

    const made = await asBackend('/create-room', { namespaceId: DESK });
    const { 'room-id': room } = (await made.json()) as { 'room-id': string };
    // One that nobody was ever in leaves no line.
    await asBackend('/create-room', { namespaceId: DESK });
    const guest = await arrive({ role: 'guest' });
    await granted(guest.say('join', { 'room-id': room }));
    const expiring = await linesOf(() => service.pass(DAY_MS + 1));
    expect(expiring.lines).toEqual([byClock('expired', room)]);
  });

  it('AUDIT-1 refused: what is not theirs to do, or to reach', async () => {
    const room = freshRoom();
    const p = await patient(room);
    const line = { action: 'refused', ...who('patient', 'p-17', p), 'namespace-id': DESK };
    const { lines } = await linesOf(async () => {
      await refused(p.say('doctor-joined', {}), 'not-allowed');
      await refused(p.say('offer', { 'peer-id': 'x', sdp: 'v=0\r\n' }), 'peer-unreachable');
      await refused(p.say('leave', { 'room-id': 'not-mine' }), 'room-not-found');
      await refused(p.say('leave', { 'room-id': room, 'namespace-id': 'y' }), 'namespace-mismatch');
      await refused(p.say('leave', { 'room-id': '?' }), 'invalid-room-id');
      await refused(p.say('no-such-event', {}), 'unknown-event');
    });
    expect(lines).toEqual([
      { ...line, result: 'not-allowed', asked: 'doctor-joined' },
      { ...line, result: 'peer-unreachable', asked: 'offer' },
      { ...line, result: 'room-not-found', asked: 'leave', 'room-id': 'not-mine' },
      { ...line, result: 'namespace-mismatch', asked: 'leave', 'room-id': room },
    ]);
  });

  it('AUDIT-6 a flood of refusals is five lines and a sum', async () => {
    const p = await patient(freshRoom());
    const { lines } = await linesOf(async () => {
      for (let n = 0; n < 40; n += 1) {
        await refused(p.say('offer', { 'peer-id': `x${n}`, sdp: 'v=0\r\n' }), 'peer-unreachable');
      }
    });
    expect(lines).toHaveLength(5);
    const { lines: sums } = await linesOf(() => service.pass(MINUTE_MS));
    expect(sums).toEqual([
      {
        action: 'refused',
        result: 'peer-unreachable',
        ...who('patient', 'p-17', p),
        count: 35,
        since: expect.stringMatching(/^2030-/),
      },
    ]);
  });
});

describe('administration', () => {
  const service_ = { role: 'service', subject: 'backend', ...inOpen };

  it('AUDIT-1 namespace-created and namespace-removed, with the consultations that end', async () => {
    const namespaceId = 'ward';
    const line = { ...service_, result: 'ok', 'namespace-id': namespaceId };
    const creating = await linesOf(() => asBackend('/create-namespace', { namespaceId }));
    expect(creating.lines).toEqual([{ action: 'namespace-created', ...line }]);
    const again = await linesOf(() => asBackend('/create-namespace', { namespaceId }));
    expect(again.lines).toEqual([]);

    const room = freshRoom();
    const p = await arrive({ role: 'patient', namespaces: [namespaceId] });
    await granted(p.say('create', { 'room-id': room }));
    const removing = await linesOf(() => asBackend('/remove-namespace', { namespaceId }));
    expect(removing.lines).toEqual([
      { action: 'namespace-removed', ...line },
      { action: 'ended', reason: 'namespace-removed', ...line, 'room-id': room },
    ]);
    const nothing = await linesOf(() => asBackend('/remove-namespace', { namespaceId }));
    expect(nothing.lines).toEqual([]);
  });

  it('AUDIT-1 token-issued, invitation-issued and invitation-redeemed, which belong together', async () => {
    const room = freshRoom();
    const grant = { role: 'patient', subject: 'p-18', namespaces: [DESK], room };
    const granted_ = {
      'for-role': 'patient',
      'for-subject': 'p-18',
      namespaces: [DESK],
      'room-id': room,
    };
    const tokens = await linesOf(async () => (await asBackend('/api/v1/tokens', grant)).json());
    const { 'expires-at': until } = tokens.given as Record<string, string>;
    expect(tokens.lines).toEqual([
      {
        action: 'token-issued',
        result: 'ok',
        ...service_,
        ...granted_,
        'token-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
        'expires-at': until,
      },
    ]);

    const inviting = await linesOf(async () =>
      (await asBackend('/api/v1/invitations', grant)).json(),
    );
    const { invitation } = inviting.given as Record<string, string>;
    const id = expect.stringMatching(/^[0-9a-f]{16}$/);
    expect(inviting.lines).toMatchObject([
      { action: 'invitation-issued', ...service_, ...granted_, 'invitation-id': id },
    ]);
    const [issued] = inviting.lines as { 'invitation-id': string }[];

    const redeeming = await linesOf(() => post('/api/v1/invitations/redeem', { invitation }));
    expect(redeeming.lines).toEqual([
      {
        action: 'invitation-redeemed',
        result: 'ok',
        ...inOpen,
        'invitation-id': issued?.['invitation-id'],
        'token-id': expect.any(String),
        'expires-at': expect.any(String),
      },
    ]);
    const twice = await linesOf(() => post('/api/v1/invitations/redeem', { invitation }));
    const line = { action: 'refused', result: 'token-invalid', ...inOpen };
    expect(twice.lines).toEqual([{ ...line, asked: '/api/v1/invitations/redeem' }]);
  });

  it('AUDIT-1 turn-issued: in welcome, on request, and over HTTP', async () => {
    const [before] = (await auditLines(service.dataDir)).slice(-1);
    const dr = await doctor();
    await granted(dr.say('refresh-ice-servers', {}));
    await service.get('/api/v1/ice-servers', { Authorization: `Bearer ${await backend()}` });
    const lines = (await auditLines(service.dataDir, before?.seq)).map(said);
    const issued = { action: 'turn-issued', result: 'ok', 'expires-at': expect.any(String) };
    const turn = lines.filter((line) => 'expires-at' in line);
    expect(turn).toEqual([
      { ...issued, ...who('doctor', 'dr-house', dr) },
      { ...issued, ...who('doctor', 'dr-house', dr) },
      { ...issued, ...service_ },
    ]);
  });

  it('AUDIT-1 refused over HTTP: by whom, as far as the token tells', async () => {
    const nosy = await tokenFor({ role: 'doctor', subject: 'nosy', namespaces: [DESK] });
    const { lines } = await linesOf(async () => {
      await post('/create-namespace', { namespaceId: 'mine' });
      await post('/remove-namespace', { namespaceId: OTHER_DESK }, nosy);
      await post('/api/v1/tokens', {}, nosy);
      await service.get('/api/join-room?roomId=guess', { Authorization: `Bearer ${nosy}` });
    });
    const line = { action: 'refused', ...inOpen };
    const as = { ...line, role: 'doctor', subject: 'nosy' };
    expect(lines).toEqual([
      { ...line, result: 'token-missing', 'namespace-id': 'mine', asked: '/create-namespace' },
      { ...as, result: 'not-allowed', 'namespace-id': OTHER_DESK, asked: '/remove-namespace' },
      { ...as, result: 'room-not-found', 'room-id': 'guess', asked: '/api/join-room' },
    ]);
  });
});

describe('what the trail does not say', () => {
  it('AUDIT-2 no name, no metadata, no SDP, no candidate, no token: not one of them', async () => {
    const room = freshRoom();
    const metadata = { name: 'canary-name', patientID: 'canary-patient', note: 'canary-note' };
    const dr = await atDesk();
    const p = await patient(room, metadata);
    await granted(dr.say('join', { 'room-id': room, ...metadata }));
    const to = { 'peer-id': p.id, ...metadata };
    await granted(dr.say('send-metadata', to));
    await granted(dr.say('offer', { ...to, sdp: 'v=0\r\ns=canary-sdp\r\n' }));
    const candidate = 'candidate:canary 1 udp 1 192.0.2.7 9 typ host';
    await granted(dr.say('ice-candidate', { ...to, candidate }));
    for (const peer of ['canary-peer', 'x']) {
      await dr.say('send-metadata', { ...to, 'peer-id': peer });
    }
    await dr.say('canary-event', metadata);
    const badToken = 'canary.token.x';
    await dr.say('refresh-token', { token: badToken });
    await service
      .join(DESK, { auth: { token: badToken, resume: 'canary-resume' } })
      .catch(() => {});
    await post(`/create-namespace?note=canary-query`, { namespaceId: 'x', ...metadata }, badToken);
    const grant = { role: 'patient', subject: 'p-19', namespaces: [DESK], room };
    const invited = await asBackend('/api/v1/invitations', grant);
    const { invitation } = (await invited.json()) as { invitation: string };
    const redeemed = await post('/api/v1/invitations/redeem', { invitation });
    const { token } = (await redeemed.json()) as { token: string };
    await granted(dr.say('doctor-ended', { 'room-id': room, ...metadata }));
    const loud = await arrive({ subject: 'loud' });
    const shouts = Array.from({ length: 400 }, () => loud.say('canary-event', metadata));
    expect((await Promise.all(shouts)).map(({ code }) => code)).toContain('rate-limited');

    const secrets = [
      invitation,
      token,
      await backend(),
      dr.welcome['resume-token'],
      dr.welcome['ice-servers'].at(-1).credential,
    ];
    expect(secrets.map((secret) => typeof secret)).toEqual(secrets.map(() => 'string'));
    const { stdout } = await runAudit(service.dataDir, 'export');
    // A file that this process has open must not be opened beside SQLite, which would lose its locks.
    await service.goDown();
    const files = (await readdir(service.dataDir)).filter((file) => file.startsWith('audit'));
    const texts = files.map((file) => readFile(join(service.dataDir, file), 'latin1'));
    for (const text of [stdout, ...(await Promise.all(texts))]) {
      expect(text).toContain(room);
      expect(text).not.toContain('canary');
      for (const secret of secrets) expect(text).not.toContain(secret);
    }
    await service.run();
  });
});

describe('while a server runs', () => {
  it('AUDIT-4 AUDIT-8 another process finds the trail whole, and exports it', async () => {
    const serving = Promise.all([doctor('dr-1'), doctor('dr-2'), doctor('dr-3')]);
    const verified = await auditProcess(service.dataDir, 'verify');
    expect(verified).toMatchObject({ code: 0, stderr: '' });
    expect(verified.stdout).toMatch(
      /^The audit trail is whole: \d+ lines.*\n.*: \d+:[0-9a-f]{64}\n$/,
    );
    await serving;

    const { code, stdout } = await auditProcess(service.dataDir, 'export');
    expect(code).toBe(0);
    const exported = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(exported).toEqual(await auditLines(service.dataDir));
    expect((await runAudit(service.dataDir, 'verify')).code).toBe(0);
  });

  it('AUDIT-8 the documentation’s own program finds the export right, and a change in it', async (test) => {
    if (!(await isFound('python3'))) {
      const note = 'python3 not found: the example of AUDIT.md was not run';
      console.warn(`SKIPPED ${note}`);
      test.skip(note);
    }
    const [example] = await examplesIn(new URL('../../docs/AUDIT.md', import.meta.url));
    if (example === undefined) throw new Error('AUDIT.md has no example');
    const folder = await mkdtemp(join(tmpdir(), 'audit-export-'));
    const file = join(folder, 'lines.jsonl');
    const { stdout } = await runAudit(service.dataDir, 'export');
    const [last] = (await auditLines(service.dataDir)).slice(-1);
    try {
      await writeFile(file, stdout);
      const said = await runExample(example, [file], {});
      expect(said).toBe(`whole up to ${last?.seq}:${last?.hash}\n`);
      await writeFile(file, stdout.replace('"subject":"dr-1"', '"subject":"dr-2"'));
      await expect(runExample(example, [file], {})).rejects.toThrow(/line \d+ is not right/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('AUDIT-3 it goes on after a restart', async () => {
    const before = await auditLines(service.dataDir);
    await service.restart();
    await doctor();
    const after = await auditLines(service.dataDir);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length);
    expect((await runAudit(service.dataDir, 'verify')).code).toBe(0);
  });
});

it('AUDIT-1 AUDIT.md tells of every action', async () => {
  const page = await readFile(new URL('../../docs/AUDIT.md', import.meta.url), 'utf8');
  const missing = AUDIT_ACTIONS.filter((action) => !page.includes(`\`${action}\``));
  expect(missing).toEqual([]);
});

describe('SIGKILL', () => {
  it('AUDIT-7 loses no line of an admission or an end that was acknowledged', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'audit-'));
    const server = serverProcess({ DATA_DIR: dataDir, LOG_LEVEL: 'silent' });
    try {
      const url = await server.listening();
      await fetch(`${url}/create-namespace?namespaceId=${DESK}`);
      const p = await new TestClient(url, DESK).ready();
      const dr = await new TestClient(url, DESK).ready();
      await granted(dr.say('doctor-joined', {}));
      await granted(p.say('create', { 'room-id': 'r' }));
      await granted(dr.say('join', { 'room-id': 'r' }));
      await granted(dr.say('doctor-ended', { 'room-id': 'r' }));
      await server.signal('SIGKILL');
      for (const client of [p, dr]) client.close();
      const lines = (await auditLines(dataDir)).map(({ action }) => action);
      expect(lines).toEqual([
        'namespace-created',
        'joined',
        'joined',
        'entered',
        'admitted',
        'ended',
      ]);
      expect((await auditProcess(dataDir, 'verify')).code).toBe(0);
    } finally {
      await server.signal('SIGKILL');
      await rm(dataDir, { recursive: true });
    }
  });
});
