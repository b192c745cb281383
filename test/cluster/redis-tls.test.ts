import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Certificate, makeCertificate } from '../support/certificate.ts';
import { TestClient } from '../support/clients.ts';
import { granted } from '../support/practice.ts';
import { ServerProcess } from '../support/process.ts';
import { RedisServer } from '../support/redis-server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder: string;
let certificate: Certificate;
let redis: RedisServer;
const nodes: ServerProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certificate-'));
  certificate = await makeCertificate(folder);
  redis = await RedisServer.start({ certificate });
});
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.clear()));
  await redis.stop();
  await rm(folder, { recursive: true, force: true });
});

it('CLUSTER-11 nodes meet over a Redis that speaks TLS, whose authority they were told', async () => {
  expect(redis.url).toMatch(/^rediss:/);
  const env = { REDIS_URL: redis.url, NODE_EXTRA_CA_CERTS: certificate.certFile };
  for (let n = 0; n < 2; n += 1) nodes.push(await ServerProcess.start({ ...env }));
  const [one, two] = nodes;
  await fetch(`${one?.url}/create-namespace?namespaceId=desk`);
  const doctor = await new TestClient(one?.url ?? '', 'desk').ready();
  await granted(doctor.say('doctor-joined', {}));
  const patient = await new TestClient(two?.url ?? '', 'desk').ready();
  await granted(patient.say('create', { 'room-id': 'r-1' }));
  expect(await doctor.first('new-patient')).toMatchObject({ 'room-id': 'r-1' });
  for (const client of [doctor, patient]) client.close();
});

it('CLUSTER-11 and to no Redis whose authority they do not know', async () => {
  const node = await ServerProcess.make({ REDIS_URL: redis.url });
  nodes.push(node);
  const run = node.run();
  await expect.poll(() => run.stdout, { timeout: 30_000 }).toContain('SELF_SIGNED');
  expect(run.stdout).not.toContain('Listening');
});
