import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ConnectOptions, type TestClient, TRANSPORTS } from '../support/clients.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';
import { SlowReader } from '../support/slow-reader.ts';

// Hundreds of connections, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const MIB = 1024 * 1024;

let service: Service;

afterEach(() => service.stop());

async function open(env: Record<string, string>): Promise<Practice> {
  service = await Service.start(env);
  return Practice.open(service);
}

const from = (address: string, transport: ConnectOptions['transport'] = 'websocket') => ({
  transport,
  headers: { 'X-Forwarded-For': address },
});

describe('where a connection comes from', () => {
  const THREE = { MAX_CONNECTIONS_PER_ADDRESS: '3' };
  const BEHIND_PROXY = { ...THREE, TRUSTED_PROXIES: 'loopback' };

  /** Connects from each of these, one after the other, and tells for each whether it could. */
  async function comeFrom(
    practice: Practice,
    addresses: readonly string[],
    transport = TRANSPORTS[0],
  ) {
    const admitted: boolean[] = [];
    for (const address of addresses) {
      const come = practice.visitor(from(address, transport));
      admitted.push(await come.then(() => true).catch(() => false));
    }
    return admitted;
  }

  it.each(TRANSPORTS)('LIMIT-5 an address has so many connections, over %s', async (transport) => {
    const practice = await open(THREE);
    const clients: TestClient[] = [];
    for (let n = 0; n < 3; n += 1) clients.push(await practice.visitor({ transport }));
    await expect(practice.visitor({ transport })).rejects.toThrow();
    clients[0]?.close();
    await expect
      .poll(() =>
        practice.visitor({ transport }).then(
          () => 'in',
          () => 'out',
        ),
      )
      .toBe('in');
  });

  it('LIMIT-1 X-Forwarded-For of anybody says nothing', async () => {
    const practice = await open(THREE);
    const addresses = ['198.51.100.1', '198.51.100.2', '198.51.100.3', '198.51.100.4'];
    expect(await comeFrom(practice, addresses)).toEqual([true, true, true, false]);
  });

  it('LIMIT-1 X-Forwarded-For of a trusted proxy is where it comes from', async () => {
    const practice = await open(BEHIND_PROXY);
    const same = Array.from({ length: 4 }, () => '198.51.100.1');
    expect(await comeFrom(practice, same)).toEqual([true, true, true, false]);
    expect(await comeFrom(practice, ['198.51.100.2'])).toEqual([true]);
  });

  it('LIMIT-1 what a client wrote in front of what the proxy wrote says nothing', async () => {
    const practice = await open(BEHIND_PROXY);
    const forged = [1, 2, 3, 4].map((n) => `203.0.113.${n}, 198.51.100.1`);
    expect(await comeFrom(practice, forged)).toEqual([true, true, true, false]);
  });

  it('LIMIT-1 an IPv6 network of 64 bits is one address, and IPv4 in IPv6 is IPv4', async () => {
    const practice = await open(BEHIND_PROXY);
    const oneHouse = [1, 2, 'ffff', 'a:b:c:d'].map((host) => `2001:db8:0:1::${host}`);
    oneHouse[3] = '2001:db8:0:1:a:b:c:d';
    expect(await comeFrom(practice, oneHouse)).toEqual([true, true, true, false]);
    expect(await comeFrom(practice, ['2001:db8:0:2::1'])).toEqual([true]);
    const written = ['198.51.100.7', '::ffff:198.51.100.7', '::ffff:c633:6407', '198.51.100.7'];
    expect(await comeFrom(practice, written)).toEqual([true, true, true, false]);
  });

  it('LIMIT-5 three hundred patients of one clinic come in from one address', async () => {
    const practice = await open({ TRUSTED_PROXIES: 'loopback' });
    const come = () => practice.patient(freshRoom(), {}, from('198.51.100.1'));
    for (let n = 0; n < 300; n += 25) await Promise.all(Array.from({ length: 25 }, come));
    const waiting = await service.call('check-availability', { namespaceId: practice.id });
    expect(waiting).toMatchObject({ 'queue-length': 300 });
  });
});

describe('how much a client may send', () => {
  it('LIMIT-2 too much at once is refused, and a moment later it may speak again', async () => {
    const practice = await open({ EVENT_BURST: '20', EVENTS_PER_SECOND: '20' });
    const doctor = await practice.doctor();
    const patient = await practice.patient(freshRoom());
    const said = Array.from({ length: 100 }, (_, n) =>
      doctor.say('send-metadata', { 'peer-id': patient.id, n }),
    );
    const answers = await Promise.all(said);
    const passed = answers.flatMap(({ status }, n) => (status === 'ok' ? [n] : []));
    expect(passed.length).toBeGreaterThanOrEqual(19);
    expect(passed.length).toBeLessThan(100);
    const refusals = answers.filter(({ status }) => status === 'error');
    for (const one of refusals) expect(one).toMatchObject({ code: 'rate-limited', retry: true });
    expect(patient.all('send-metadata').map(({ n }) => n)).toEqual(passed);
    await expect
      .poll(async () => (await doctor.say('send-metadata', { 'peer-id': patient.id })).status)
      .toBe('ok');
  });

  it('LIMIT-2 whoever floods on is cut, keeps the place, and may come back', async () => {
    const practice = await open({ EVENT_BURST: '10', EVENTS_PER_SECOND: '1' });
    const doctor = await practice.doctor();
    const patient = await practice.patient(freshRoom());
    for (let n = 0; n < 200; n += 1) patient.socket.emit('send-metadata', { 'peer-id': doctor.id });
    await patient.ended();
    await doctor.first('client-disconnected', (data) => data['client-id'] === patient.id);
    expect(doctor.all('send-metadata').length).toBeLessThanOrEqual(10);
    const back = await practice.resume(patient);
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    await doctor.first('client-reconnected', (data) => data['client-id'] === patient.id);
    await granted(back.say('send-metadata', { 'peer-id': doctor.id }));
  });
});

describe('whoever does not read', () => {
  /** As much at once as it takes: what fits into the network counts as sent. */
  const MANY = { EVENT_BURST: '100000', EVENTS_PER_SECOND: '100000' };
  const filler = 'x'.repeat(60_000);

  it('LIMIT-3 is cut before a mebibyte waits for it, and others go on', async () => {
    const practice = await open(MANY);
    const doctor = await practice.doctor();
    const other = await practice.patient(freshRoom());
    const slow = await SlowReader.in(service.url, practice.id, freshRoom());
    let sent = 0;
    let mostInSocket = 0;
    let sinceFull = 0;
    while (!slow.isCut) {
      await granted(doctor.say('send-metadata', { 'peer-id': slow.id, filler }));
      await granted(doctor.say('send-metadata', { 'peer-id': other.id, sent }));
      mostInSocket = Math.max(mostInSocket, slow.waitingAtServer);
      if (slow.waitingAtServer > 0) sinceFull += 1;
      sent += 1;
    }
    // Those in the socket, those that wait behind them, and the one that was too much.
    const behind = sinceFull - Math.ceil(mostInSocket / filler.length);
    expect(behind * filler.length + mostInSocket).toBeLessThanOrEqual(MIB);
    await doctor.first('client-disconnected', (data) => data['client-id'] === slow.id);
    await other.caughtUp();
    const inOrder = Array.from({ length: sent }, (_, n) => n);
    expect(other.all('send-metadata').map((data) => data.sent)).toEqual(inOrder);
    slow.close();
  });

  it('LIMIT-3 is cut before anything has waited for too long, and others go on', async () => {
    const practice = await open({ ...MANY, MAX_BACKLOG_SECONDS: '3' });
    const doctor = await practice.doctor();
    const other = await practice.patient(freshRoom());
    const slow = await SlowReader.in(service.url, practice.id, freshRoom());
    // Two wait where the network takes no more: far from too many.
    for (let waiting = 0; waiting < 2; ) {
      await granted(doctor.say('send-metadata', { 'peer-id': slow.id, filler }));
      if (slow.waitingAtServer > 0) waiting += 1;
    }
    const since = performance.now();
    await slow.cut();
    const waited = performance.now() - since;
    console.log(`What waited at most 3 s was cut after ${Math.round(waited)} ms.`);
    await doctor.first('client-disconnected', (data) => data['client-id'] === slow.id);
    await granted(doctor.say('send-metadata', { 'peer-id': other.id }));
    await other.first('send-metadata');
    slow.close();
  });
});

it('LIMIT-6 a connection that never sends an event is cut, and one that has sent one stays', async () => {
  const practice = await open({ FIRST_EVENT_SECONDS: '1' });
  const speaker = await practice.visitor();
  await refused(speaker.say('anything', {}), 'unknown-event');
  const silent = await practice.visitor();
  expect(await silent.ended()).toBe('io server disconnect');
  expect(silent.all('signaling-error')).toMatchObject([
    { event: 'connection', code: 'limit-reached', retry: true },
  ]);
  await speaker.caughtUp();
  expect(speaker.names()).toEqual([]);
});
