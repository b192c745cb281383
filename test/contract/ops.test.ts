import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditLines } from '../support/audit.ts';
import { granted } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const TOKEN = 'operator-0123456789abcdef0123456789';

let service: Service;

beforeEach(async () => {
  service = await Service.start({ OPERATOR_TOKEN: TOKEN }, 1);
});
afterEach(() => service.stop());

const ask = (path: string, body?: object, token = TOKEN): Promise<Response> =>
  fetch(`${service.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

test('OPS-3 the state tells how many are where, and nobody’s name', async () => {
  await service.call('create-namespace', { namespaceId: 'ward' });
  const doctor = await service.join('ward');
  await doctor.say('doctor-joined', { 'namespace-id': 'ward' });
  const rooms = ['one', 'two', 'three'];
  for (const id of rooms) {
    const patient = await service.join('ward');
    await patient.say('create', { 'room-id': id, patientID: `p-${id}`, name: 'Ada Lovelace' });
    if (id !== 'one') continue;
    await doctor.say('join', { 'room-id': id, init: true });
    await patient.say('ack-doctor-entered', { 'client-id': doctor.id });
    await doctor.say('join', { 'room-id': id });
    await doctor.say('send-metadata', { 'peer-id': patient.id, hello: 1 });
  }
  await service.pass(60_000);
  await service.pass(1_000);

  const answer = await ask('/ops/state');
  const text = await answer.text();
  const state = JSON.parse(text);
  expect(answer.status).toBe(200);
  expect(state).toMatchObject({
    connections: 4,
    waiting: 2,
    calls: 1,
    clients: { doctor: 1, patient: 3 },
    readiness: { ready: true },
    namespaceCount: 1,
    namespaces: [{ id: 'ward', doctors: 1, waiting: 2, inConsultation: 1, onHold: 0, lost: 0 }],
  });
  expect(state.hour.at(-1)).toMatchObject({ connections: 4, waiting: 2, calls: 1 });
  const total = (key: string) =>
    state.hour.reduce((sum: number, minute: Record<string, number>) => sum + (minute[key] ?? 0), 0);
  // The acknowledgement of the knock is relayed, too.
  expect(total('relayed')).toBe(2);
  expect(text).not.toMatch(/Ada|p-one|"one"/);
});

test('OPS-3 an operator’s token is asked for, and what it is not is refused', async () => {
  expect((await fetch(`${service.url}/ops/state`)).status).toBe(401);
  for (const [path, body] of [
    ['/ops/state', undefined],
    ['/ops/drain', {}],
    ['/ops/close-namespace', { namespaceId: 'ward' }],
  ] as const) {
    expect((await ask(path, body, 'a guess')).status).toBe(401);
  }
});

test('OPS-3 without an operator’s token there is nothing of it', async () => {
  const other = await Service.start({}, 1);
  try {
    expect((await fetch(`${other.url}/ops/state`)).status).toBe(404);
  } finally {
    await other.stop();
  }
});

test('OPS-4 a namespace is closed, and everybody in it hears so', async () => {
  await service.call('create-namespace', { namespaceId: 'ward' });
  const patient = await service.join('ward');
  await patient.say('create', { 'room-id': 'one', patientID: 'p-1' });
  const closed = await ask('/ops/close-namespace', { namespaceId: 'ward' });
  expect(await closed.json()).toMatchObject({ status: 200, closed: true });
  const lines = (await auditLines(service.dataDir)).filter(
    ({ action }) => action === 'namespace-removed',
  );
  expect(lines).toMatchObject([{ role: 'operator', from: '127.0.0.1', 'namespace-id': 'ward' }]);
  expect(await patient.first('room-ended')).toMatchObject({ reason: 'namespace-removed' });
  await patient.first('namespace-removed');
  expect(await (await ask('/ops/close-namespace', { namespaceId: 'ward' })).json()).toMatchObject({
    closed: false,
  });
  expect((await ask('/ops/close-namespace', { namespaceId: '' })).status).toBe(400);
});

test('OPS-5 whichever of several nodes is asked shows all of them, itself first', async () => {
  const several = await Service.start({ OPERATOR_TOKEN: TOKEN }, 2);
  try {
    await several.call('create-namespace', { namespaceId: 'ward' });
    const [one, two] = several.nodes.map(({ url }) => url) as [string, string];
    const come = async (url: string, event: string, payload: object) => {
      const client = await several.connectTo(url, 'ward').ready();
      await granted(client.say(event, payload));
    };
    await come(one, 'doctor-joined', {});
    await come(two, 'create', { 'room-id': 'a', name: 'Ada Lovelace' });
    await come(two, 'create', { 'room-id': 'b' });
    for (const [here, there] of [
      [one, two],
      [two, one],
    ] as const) {
      const answer = await fetch(`${here}/ops/state`, {
        headers: { Authorization: `Bearer ${TOKEN}` },
      });
      const text = await answer.text();
      const figuresOf = (url: string) =>
        url === one
          ? { connections: 1, waiting: 0, clients: { doctor: 1, patient: 0 } }
          : { connections: 2, waiting: 2, clients: { doctor: 0, patient: 2 } };
      expect(JSON.parse(text).nodes).toMatchObject([
        { isThis: true, figures: { ...figuresOf(here), readiness: { ready: true } } },
        { isThis: false, figures: figuresOf(there) },
      ]);
      expect(text).not.toContain('Ada');
    }
    const [gone] = several.nodes;
    await gone?.close();
    const { nodes } = (await (
      await fetch(`${two}/ops/state`, { headers: { Authorization: `Bearer ${TOKEN}` } })
    ).json()) as { nodes: unknown[] };
    expect(nodes).toMatchObject([{ id: expect.stringMatching(/^node-1\./), isThis: true }]);
  } finally {
    await several.stop();
  }
});

test('OPS-5 a process that is alone shows no nodes', async () => {
  expect(await (await ask('/ops/state')).json()).toMatchObject({ nodes: [] });
});
