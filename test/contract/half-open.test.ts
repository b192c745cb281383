import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TRANSPORTS } from '../support/clients.ts';
import { counted, Line, offersTo, patientOnLine } from '../support/line.ts';
import { freshRoom, granted, Practice } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;

let service: Service;
/** Notices within half a second that a connection is half-open. */
let attentive: Service;

beforeAll(async () => {
  service = await Service.start();
  attentive = await Service.start({ PING_INTERVAL_MS: '100', PING_TIMEOUT_MS: '300' });
});

afterEach(() => Line.closeAll());

afterAll(async () => {
  await service.stop();
  await attentive.stop();
});

describe('what a half-open connection swallowed', () => {
  it.each(TRANSPORTS)(
    'RESUME-10 over %s: arrives at the return, in order, and nothing comes twice',
    async (transport) => {
      const stage = await patientOnLine(service, { transport });
      const { practice, room, doctor, line, patient, offer } = stage;
      await granted(offer(1));
      await patient.first('offer');
      line.silence();
      for (const n of [2, 3]) expect(await offer(n)).toMatchObject({ delivered: 'now' });
      await granted(doctor.say('join', { 'room-id': room, init: true }));
      await granted(offer(4));
      patient.drop();
      const back = await practice.visitor({ transport, auth: counted(patient) });
      await back.caughtUp();
      expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
      expect(back.welcome).not.toHaveProperty('resynchronise');
      expect(back.names()).toEqual(['offer', 'offer', 'doctor-entered', 'offer']);
      expect(offersTo(back)).toEqual([2, 3, 4]);
    },
  );

  it('RESUME-10 of how things stand: is told as it is now, once', async () => {
    const practice = await Practice.open(service);
    const line = await Line.to(service);
    const doctor = await service.connectTo(line.url, practice.id).ready();
    await granted(doctor.say('doctor-joined', {}));
    await practice.patient(freshRoom());
    await doctor.first('queue', ({ waiting }) => waiting.length === 1);
    line.silence();
    const second = await practice.patient(freshRoom());
    doctor.drop();
    const back = await practice.visitor({ auth: counted(doctor) });
    await back.caughtUp();
    expect(back.heard.map(({ event }) => event)).toEqual(['welcome', 'new-patient', 'queue']);
    expect(back.all('new-patient')).toMatchObject([{ from: second.id }]);
    expect(back.all('queue')[0]?.waiting).toHaveLength(2);
  });

  it('RESUME-10 RESUME-5 and what was kept afterwards are one sequence', async () => {
    const { practice, doctor, line, patient, offer } = await patientOnLine(attentive);
    line.silence();
    await granted(offer(1));
    await doctor.first('client-disconnected');
    expect(await offer(2)).toMatchObject({ delivered: 'held' });
    await granted(offer(3));
    patient.drop();
    const back = await practice.visitor({ auth: counted(patient) });
    await back.caughtUp();
    expect(offersTo(back)).toEqual([1, 2, 3]);
  });

  it('RESUME-10 again on the way back: arrives at the next return', async () => {
    const { practice, line, patient, offer } = await patientOnLine(service);
    line.silence();
    await granted(offer(1));
    patient.drop();
    line.restore();
    const back = await service.connectTo(line.url, practice.id, { auth: counted(patient) }).ready();
    await back.first('offer');
    line.silence();
    await granted(offer(2));
    await granted(offer(3));
    back.drop();
    const again = await practice.visitor({ auth: counted(back) });
    await again.caughtUp();
    expect(offersTo(again)).toEqual([2, 3]);
  });

  it('RESUME-10 before a heartbeat that was answered: did not happen', async () => {
    const { practice, line, patient, offer } = await patientOnLine(attentive);
    let pings = 0;
    patient.socket.io.on('ping', () => {
      pings += 1;
    });
    await granted(offer(1));
    await expect.poll(() => pings, { timeout: 9000 }).toBeGreaterThan(3);
    await granted(offer(2));
    await patient.first('offer', ({ n }) => n === 2);
    line.silence();
    patient.drop();
    // A count that is too low asks for what was confirmed: it is not there any more.
    const { resume, heard } = counted(patient);
    const back = await practice.visitor({ auth: { resume, heard: heard - 2 } });
    expect(back.welcome).toMatchObject({ resumed: true, resynchronise: true });
    await back.caughtUp();
    expect(offersTo(back)).not.toContain(1);
  });

  it('RESUME-5 RESUME-10 past the bounds: the client is told to resynchronise', async () => {
    const small = await Service.start({ MAX_HELD_MESSAGES: '4' });
    try {
      const { practice, line, patient, offer } = await patientOnLine(small);
      line.silence();
      for (let n = 0; n < 5; n += 1) await granted(offer(n));
      patient.drop();
      const back = await practice.visitor({ auth: counted(patient) });
      expect(back.welcome).toMatchObject({ resumed: true, resynchronise: true });
    } finally {
      await small.stop();
    }
  });

  it('RESUME-10 is lost on a page that does not count, and nothing comes twice', async () => {
    const { practice, line, patient, offer } = await patientOnLine(service);
    await granted(offer(1));
    await patient.first('offer');
    line.silence();
    await granted(offer(2));
    patient.drop();
    const back = await practice.resume(patient);
    await granted(offer(3));
    await back.first('offer');
    expect(offersTo(back)).toEqual([3]);
  });

  it.each([
    ['more than there was', 1000],
    ['nothing', undefined],
    ['a text', '3'],
    ['less than nothing', -1],
    ['half', 0.5],
  ])('RESUME-10 a count that says %s harms nobody', async (_, heard) => {
    const { practice, line, patient, offer } = await patientOnLine(service);
    line.silence();
    await granted(offer(1));
    patient.drop();
    const resume = patient.welcome['resume-token'];
    const back = await practice.visitor({ auth: { resume, heard } });
    await back.caughtUp();
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    expect(offersTo(back)).toEqual([]);
  });
});

describe('a half-open connection', () => {
  it('RESUME-4 what was said on it and arrives late does not count', async () => {
    const { practice, room, line, patient, companion } = await patientOnLine(service);
    line.deafen();
    const back = await practice.visitor({ auth: counted(patient) });
    patient.socket.emit('patient-left', {});
    patient.socket.emit('offer', { 'peer-id': companion.id, n: 13 });
    await granted(back.say('offer', { 'peer-id': companion.id, n: 14 }));
    await practice.settled();
    expect(offersTo(companion)).toEqual([14]);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ state: 'waiting' });
  });

  it('RESUME-1 RESUME-3 is noticed; the window runs from then on', async () => {
    const { practice, line, patient, doctor } = await patientOnLine(attentive);
    line.silence();
    await doctor.first('client-disconnected');
    await attentive.pass(WINDOW_MS - 1);
    const back = await practice.visitor({ auth: counted(patient) });
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  });

  it('RESUME-9 of a page of before, which cannot resume: it takes its place again', async () => {
    const { practice, room, doctor, line, patient } = await patientOnLine(service, {
      version: '4.1',
    });
    line.silence();
    patient.drop();
    const again = await practice.patient(room, { patientID: room }, { version: '4.1' });
    expect(again.all('queue-position')).toMatchObject([{ position: 1 }]);
    await granted(doctor.say('join', { 'room-id': room }));
    expect(await again.first('room-joined')).toMatchObject({ from: doctor.id });
    await service.pass(WINDOW_MS);
    await practice.settled();
    expect(again.all('room-ended')).toEqual([]);
  });

  it('DRAIN-1 does not keep the server from going down for long', async () => {
    const own = await Service.start();
    try {
      for (const transport of TRANSPORTS) {
        const { line } = await patientOnLine(own, { transport });
        line.silence();
      }
      const began = performance.now();
      await own.goDown();
      expect(performance.now() - began).toBeLessThan(8000);
    } finally {
      await own.stop();
    }
  });
});
