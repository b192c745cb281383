import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Description } from '../../app/ops/metrics/describe.ts';
import { METRICS } from '../../app/ops/metrics/table.ts';
import { Figures } from '../support/figures.ts';
import { freshRoom, granted, Practice, refused, turnedAway } from '../support/practice.ts';
import { Service } from '../support/service.ts';
import { WebhookReceiver } from '../support/webhook-receiver.ts';

vi.setConfig({ testTimeout: 30_000 });

let service: Service;
let practice: Practice;

afterEach(() => service.stop());

async function open(env: Record<string, string> = {}): Promise<void> {
  service = await Service.start({ METRICS_PORT: '0', ...env }, 1);
  practice = await Practice.open(service);
}

const figures = () => Figures.of(service.nodes[0]?.metricsPort);

/** What one figure says, as soon as it says that. */
const becomes = (name: string, labels: Record<string, string>, value: number) =>
  expect.poll(async () => (await figures()).value(name, labels)).toBe(value);

async function consultation() {
  const doctor = await practice.doctor();
  const room = freshRoom();
  const patient = await practice.patient(room, {}, { transport: 'polling' });
  service.clock.advance(30_000);
  await granted(doctor.say('join', { 'room-id': room, init: true }));
  await granted(doctor.say('join', { 'room-id': room }));
  return { doctor, patient, room };
}

describe('where the figures are', () => {
  it('METRIC-1 on a port of their own, where that is wanted, and nowhere else', async () => {
    await open();
    const answer = await fetch(`http://127.0.0.1:${service.nodes[0]?.metricsPort}/metrics`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect((await service.get('/metrics')).status).toBe(404);
  });

  it('METRIC-1 for an operator on the port of everybody', async () => {
    const token = 'x'.repeat(32);
    await open({ OPERATOR_TOKEN: token, MAX_FAILED_ATTEMPTS: '2' });
    const ask = async (authorization?: string) => {
      const answer = await service.get('/metrics', authorization ? { authorization } : {});
      return [answer.status, answer.ok ? 'figures' : (await answer.json()).code];
    };
    expect(await ask()).toEqual([401, 'token-missing']);
    expect(await ask(`Bearer ${token}y`)).toEqual([401, 'token-invalid']);
    expect(await ask(`Bearer ${token}`)).toEqual([200, 'figures']);
    await ask('Bearer a-guess');
    expect(await ask('Bearer another')).toEqual([429, 'rate-limited']);
    await becomes('signaling_rate_limited_total', { limit: 'failed-attempts' }, 1);
  });
});

describe('what the figures say', () => {
  it('METRIC-2 of connections, namespaces and rooms', async () => {
    await open();
    const { patient, room, doctor } = await consultation();
    let now = await figures();
    const count = (name: string, labels?: Record<string, string>) => now.value(name, labels);
    expect(count('signaling_ready')).toBe(1);
    expect(count('signaling_connections', { transport: 'websocket', role: 'doctor' })).toBe(1);
    expect(count('signaling_connections', { transport: 'polling', role: 'patient' })).toBe(1);
    expect(count('signaling_engine_connections')).toBe(2);
    expect(count('signaling_namespaces')).toBe(1);
    expect(count('signaling_rooms', { state: 'in-consultation' })).toBe(1);
    expect(count('signaling_waiting_seconds_sum', { outcome: 'admitted' })).toBe(30);

    patient.drop();
    await doctor.first('client-disconnected');
    now = await figures();
    expect(count('signaling_lost_clients', { role: 'patient' })).toBe(1);
    expect(count('signaling_connections')).toBe(1);
    const back = await practice.resume(patient);
    service.clock.advance(60_000);
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await back.first('room-ended');
    await becomes('signaling_consultation_seconds_sum', {}, 60);
    now = await figures();
    expect(count('signaling_consultations_ended_total', { reason: 'doctor-ended' })).toBe(1);
    expect(count('signaling_rooms')).toBe(0);
    expect(count('signaling_resumes_total', { result: 'resumed' })).toBe(1);
  });

  it('METRIC-2 of a patient whom nobody saw', async () => {
    await open();
    const patient = await practice.patient(freshRoom());
    const gone = await practice.patient(freshRoom());
    service.clock.advance(10_000);
    await granted(patient.say('patient-left', {}));
    await becomes('signaling_waiting_seconds_sum', { outcome: 'unseen' }, 10);
    gone.drop();
    await becomes('signaling_lost_clients', { role: 'patient' }, 1);
    await service.pass(61_000);
    await becomes('signaling_windows_ended_total', { role: 'patient' }, 1);
    await becomes('signaling_consultations_ended_total', { reason: 'abandoned' }, 1);
  });

  it('METRIC-2 of events, by what became of them', async () => {
    await open();
    const { doctor, patient, room } = await consultation();
    const offer = { 'peer-id': patient.id, kind: 'any' };
    await granted(doctor.say('offer', offer));
    await refused(doctor.say('offer', { ...offer, 'peer-id': 'nobody' }), 'peer-unreachable');
    await refused(doctor.say('a-name-of-its-own', {}), 'unknown-event');
    patient.drop();
    await doctor.first('client-disconnected');
    await granted(doctor.say('offer', offer));
    await granted(doctor.say('hold', { 'room-id': room }));
    const now = await figures();
    const offers = (result: string) =>
      now.value('signaling_events_total', { event: 'offer', result });
    expect(['ok', 'held', 'peer-unreachable'].map(offers)).toEqual([1, 1, 1]);
    const unknown = { event: 'unknown', result: 'unknown-event' };
    expect(now.value('signaling_events_total', unknown)).toBe(1);
    expect(now.value('signaling_relay_seconds_count', { delivered: 'now' })).toBe(1);
    expect(now.value('signaling_relay_seconds_count', { delivered: 'held' })).toBe(1);
    expect(now.value('signaling_change_seconds_count')).toBeGreaterThanOrEqual(4);
    expect(now.value('signaling_store_seconds_count', { kind: 'write' })).toBeGreaterThan(0);
  });

  it('METRIC-5 of calls, as pages report them', async () => {
    await open();
    const { doctor, patient } = await consultation();
    const good = { 'set-up': true, 'first-media-ms': 800, relayed: false, quality: 'good' };
    await granted(doctor.say('call-report', good));
    await granted(patient.say('call-report', { ...good, 'first-media-ms': 1200, relayed: true }));
    await granted(patient.say('call-report', { 'set-up': true }));
    await granted(patient.say('call-report', { 'set-up': false }));
    const now = await figures();
    const calls = (path: string, quality: string) =>
      now.value('signaling_calls_total', { path, quality });
    expect(calls('direct', 'good')).toBe(1);
    expect(calls('relayed', 'good')).toBe(1);
    expect(calls('unknown', 'unknown')).toBe(1);
    expect(calls('none', 'unknown')).toBe(1);
    expect(now.value('signaling_first_media_seconds_sum')).toBe(2);
    expect(now.value('signaling_first_media_seconds_bucket', { le: '1' })).toBe(1);
  });

  it('METRIC-2 of who was refused, cut or slowed down, and why', async () => {
    await open({
      EVENT_BURST: '2',
      EVENTS_PER_SECOND: '0.1',
      ALLOWED_ORIGINS: 'https://a.example',
    });
    const client = await practice.visitor();
    for (let n = 0; n < 2; n += 1) await client.say('leave', { 'room-id': 'x' });
    await refused(client.say('leave', { 'room-id': 'x' }), 'rate-limited');
    await becomes('signaling_rate_limited_total', { limit: 'events' }, 1);
    for (let n = 0; n < 30; n += 1) client.socket.emit('leave', { 'room-id': 'x' });
    await becomes('signaling_kicks_total', { reason: 'flood' }, 1);
    await turnedAway(service.join('nowhere'), 'namespace-not-found');
    await becomes('signaling_refused_total', { reason: 'namespace-not-found' }, 1);
    const headers = { Origin: 'https://b.example' };
    await expect(practice.visitor({ headers })).rejects.toThrow();
    await becomes('signaling_turned_away_total', { reason: 'origin' }, 1);
  });

  it.each([
    ['unknown', async () => 'never-given'],
    [
      'spent',
      async () => {
        const first = await practice.visitor();
        const second = await practice.resume(first);
        // Its sign of life spends the token before it.
        await second.say('leave', { 'room-id': 'x' });
        await second.caughtUp();
        return first.welcome['resume-token'];
      },
    ],
  ])('METRIC-2 of a resume token that is %s', async (result, tokenOf) => {
    await open();
    const resume = await tokenOf();
    await expect
      .poll(async () => (await practice.visitor({ auth: { resume } })).welcome.resumed)
      .toBe(false);
    expect((await figures()).value('signaling_resumes_total', { result })).toBeGreaterThan(0);
  });

  it('METRIC-2 of access tokens that let nobody in', async () => {
    await open({ JWT_SECRET: 's'.repeat(32) });
    await turnedAway(practice.visitor(), 'token-missing');
    await service.get('/create-room', { authorization: 'Bearer x' });
    const now = await figures();
    // The practice itself was asked for without a token, too.
    expect(now.value('signaling_token_errors_total', { code: 'token-missing' })).toBe(2);
    expect(now.value('signaling_token_errors_total', { code: 'token-invalid' })).toBe(1);
  });
});

describe('the labels', () => {
  it('METRIC-2 have no value that is not in the table, whatever is sent', async () => {
    await open();
    const { doctor, patient } = await consultation();
    await doctor.say('x'.repeat(100), {});
    await doctor.say('__proto__', {});
    await doctor.say('constructor', {});
    for (const path of ['/x', '/api/y?z=1', '/patient/demo', '/api/v1/zz', '/%']) {
      await service.get(path);
    }
    patient.drop();
    await doctor.first('client-disconnected');
    await turnedAway(service.join('n'.repeat(50)), 'namespace-not-found');
    const own = (await figures()).all.filter(({ name }) => name.startsWith('signaling_'));
    const allowed = new Map(Object.values<Description>(METRICS).map((one) => [one.name, one]));
    const strange = own.filter(({ name, labels }) => {
      const described = allowed.get(name) ?? allowed.get(name.replace(/_(bucket|sum|count)$/, ''));
      return Object.entries(labels).some(([label, value]) => {
        if (label === 'le') return described?.kind !== 'histogram';
        return !described?.labels.find((one) => one.name === label)?.values.includes(value);
      });
    });
    expect(own.length).toBeGreaterThan(100);
    expect(strange).toEqual([]);
  });

  it('METRIC-2 HOOK-5 of webhooks: taken, failed and given up', async () => {
    const receiver = await WebhookReceiver.start();
    const WEBHOOK_SECRET = Buffer.from('the secret of this hospital 2030').toString('base64');
    await open({ WEBHOOK_URL: receiver.url, WEBHOOK_SECRET });
    await practice.patient(freshRoom());
    await service.pass(0);
    await becomes('signaling_webhooks_total', { outcome: 'delivered' }, 2);
    receiver.answer = () => 500;
    await practice.patient(freshRoom());
    await service.pass(0);
    await becomes('signaling_webhooks_total', { outcome: 'failed' }, 1);
    await service.pass(24 * 3_600_000);
    await becomes('signaling_webhooks_total', { outcome: 'given-up' }, 2);
    await receiver.down();
  });
});
