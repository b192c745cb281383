/**
 * What people who wait and are seen cost a node and its Redis: the figures that `bench/sizing.ts` goes by.
 * One node, practices of ten who wait; then everybody is called, talks as a call is set up, and leaves.
 * `npx tsx bench/costs.ts shards`: over a Redis Cluster of three masters, added up.
 */
import { randomUUID } from 'node:crypto';
import { cpus, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { LeanClient } from '../test/resilience/lean-client.ts';
import type { ServerProcess } from '../test/support/process.ts';
import { RedisServer } from '../test/support/redis-server.ts';
import { RedisShards } from '../test/support/redis-shards.ts';
import { ServerCluster } from '../test/support/server-cluster.ts';

const PRACTICES = 150;
const WAITING = 10;
const PATIENTS = PRACTICES * WAITING;

/** Offer, answer, metadata and candidates, both ways. */
const RELAYS = 40;
const IDLE_MS = 60_000;

const isSpread = process.argv[2] === 'shards';
const shared = await (isSpread ? RedisShards : RedisServer).start();
const all = shared instanceof RedisServer ? [shared] : shared.masters;
const limit = String(10 * PATIENTS);
const env = { LOG_LEVEL: 'error', MAX_CONNECTIONS_PER_ADDRESS: limit, EVENT_BURST: limit };
const cluster = await ServerCluster.start(1, env, shared);
const [node] = cluster.nodes as [ServerProcess];

/** A figure of this section of INFO, added up over all Redis. */
async function figure(section: string, name: string): Promise<number> {
  const texts = await Promise.all(all.map((redis) => redis.say('INFO', section)));
  const values = texts.map((text) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(text)?.[1]));
  return values.reduce((sum, value) => sum + value, 0);
}

/** Milliseconds of CPU and bytes of memory so far, and commands of Redis. */
async function spent() {
  return {
    node: await node.process.cpuMs(),
    memory: await node.process.memory(),
    redis: 1000 * ((await figure('cpu', 'used_cpu_user')) + (await figure('cpu', 'used_cpu_sys'))),
    redisMemory: await figure('memory', 'used_memory'),
    commands: await figure('stats', 'total_commands_processed'),
  };
}

async function during(what: string, people: number, work: () => Promise<void>): Promise<void> {
  const before = await spent();
  await work();
  const after = await spent();
  const each = (key: keyof typeof before) => (after[key] - before[key]) / people;
  console.log(
    `${what}: node ${each('node').toFixed(2)} ms and ${(each('memory') / 1024).toFixed(1)} KiB, Redis ${each('redis').toFixed(2)} ms, ${(each('redisMemory') / 1024).toFixed(1)} KiB and ${each('commands').toFixed(0)} commands`,
  );
}

const enter = async (namespaceId: string) => {
  const client = await new LeanClient(cluster.url, namespaceId).welcomed();
  const room = randomUUID();
  await client.say('create', { 'room-id': room, patientID: room, name: 'Ada Lovelace' });
  return { client, room };
};

console.log(`${cpus().length} × ${cpus()[0]?.model}, load ${loadavg().map((n) => n.toFixed(1))}`);
const practices = Array.from({ length: PRACTICES }, (_, n) => `practice-${n}`);
const doctors = await Promise.all(
  practices.map(async (namespaceId) => {
    await fetch(`${cluster.url()}/create-namespace?namespaceId=${namespaceId}`);
    const doctor = await new LeanClient(cluster.url, namespaceId).welcomed();
    await doctor.say('doctor-joined', {});
    return doctor;
  }),
);
const waiting = new Map<string, Awaited<ReturnType<typeof enter>>[]>();

await during('to come in and wait, each patient', PATIENTS, async () => {
  for (let n = 0; n < WAITING; n += 1) {
    const all = await Promise.all(practices.map(enter));
    for (const [index, one] of all.entries()) {
      const namespaceId = practices[index] ?? '';
      waiting.set(namespaceId, [...(waiting.get(namespaceId) ?? []), one]);
    }
  }
});
await during(`to be there for ${IDLE_MS / 1000} s, each client`, PATIENTS + PRACTICES, () =>
  pause(IDLE_MS),
);
await during('to be called, talk and leave, each patient', PATIENTS, async () => {
  for (let n = 0; n < WAITING; n += 1) await Promise.all(doctors.map((doctor) => see(doctor, n)));
});
await cluster.clear();
process.exit(0);

async function see(doctor: LeanClient, n: number): Promise<void> {
  const patient = waiting.get(doctor.namespaceId)?.[n];
  if (patient === undefined) return;
  const { client, room } = patient;
  await doctor.say('join', { 'room-id': room, init: true });
  await client.say('ack-doctor-entered', { 'client-id': doctor.id });
  await doctor.say('join', { 'room-id': room });
  for (let m = 0; m < RELAYS / 2; m += 1) {
    await client.say('send-metadata', { 'peer-id': doctor.id, filler: 'x'.repeat(1000) });
    await doctor.say('send-metadata', { 'peer-id': client.id, filler: 'x'.repeat(1000) });
  }
  await doctor.say('doctor-ended', { 'room-id': room });
  await client.close();
}
