import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/clients.ts';
import { Hospital } from '../support/hospital.ts';
import { counted, Line, patientOnLine } from '../support/line.ts';
import { freshRoom, granted, Practice } from '../support/practice.ts';
import { Service } from '../support/service.ts';
import { comeOver, transfer } from '../support/transfers.ts';

const WINDOW_MS = 60_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start({ MAX_FAILED_ATTEMPTS: '1000' });
});

afterEach(() => Line.closeAll());

afterAll(() => service.stop());

/** A patient who was sent to another practice over a half-open connection, and heard nothing of it. */
async function sentUnheard(target = service) {
  const stage = await patientOnLine(target);
  const there = await Practice.open(target);
  const doctorThere = await there.doctor();
  stage.line.silence();
  await granted(transfer(stage.doctor, stage.room, there.id));
  stage.patient.drop();
  const auth = counted(stage.patient);
  /** Comes back to where it was, as a page does that knows of nothing. */
  const comeBack = (): TestClient => target.connect(stage.practice.id, { auth });
  return { ...stage, there, doctorThere, auth, comeBack };
}

describe('a transfer that the patient did not hear of', () => {
  it('DESK-7 is told to it when it comes back to where it was, and nothing else is', async () => {
    const { practice, room, doctor, companion, patient, there, doctorThere, comeBack } =
      await sentUnheard();
    await practice.settled();
    const namesBefore = [doctor, companion].map((one) => one.names());
    const back = comeBack();
    expect(await back.ended()).toBe('io server disconnect');
    expect(back.heard).toEqual([
      {
        event: 'transferred',
        data: {
          'room-id': room,
          'client-id': patient.id,
          'to-namespace-id': there.id,
          'resume-token': expect.stringMatching(/^[\w-]{43}$/),
        },
      },
    ]);
    const over = await comeOver(service, back);
    expect(over.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    await granted(doctorThere.say('join', { 'room-id': room }));
    expect(await over.first('room-joined')).toMatchObject({ from: doctorThere.id });
    await practice.settled();
    expect([doctor, companion].map((one) => one.names())).toEqual(namesBefore);
  });

  it('DESK-7 is told again if that was not heard either; the last token counts', async () => {
    const { patient, there, comeBack } = await sentUnheard();
    const [first, second] = [comeBack(), comeBack()];
    const { 'resume-token': earlier } = await first.first('transferred');
    await second.first('transferred');
    const third = comeBack();
    await third.first('transferred');
    const late = await there.visitor({ auth: { resume: earlier } });
    expect(late.welcome.resumed).toBe(false);
    expect((await comeOver(service, third)).welcome).toMatchObject({
      resumed: true,
      'client-id': patient.id,
    });
  });

  it('DESK-7 RESUME-8 is told after a restart as well', async () => {
    const own = await Service.start();
    try {
      const { patient, comeBack } = await sentUnheard(own);
      await own.restart();
      const over = await comeOver(own, comeBack());
      expect(over.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    } finally {
      await own.stop();
    }
  });

  it('DESK-7 RESUME-5 what was said there meanwhile is heard there', async () => {
    const { room, doctorThere, comeBack } = await sentUnheard();
    await granted(doctorThere.say('join', { 'room-id': room, init: true }));
    const over = await comeOver(service, comeBack());
    await over.caughtUp();
    expect(over.names()).toEqual(['doctor-entered']);
  });

  it('DESK-7 is told too when the consultation has ended there already', async () => {
    const { room, patient, there, doctorThere, comeBack } = await sentUnheard();
    await granted(doctorThere.say('doctor-rejected', { roomID: room }));
    const back = comeBack();
    const told = await back.first('transferred');
    expect(told).toMatchObject({ 'client-id': patient.id, 'to-namespace-id': there.id });
    expect(told).not.toHaveProperty('room-id');
    const over = await comeOver(service, back);
    await over.caughtUp();
    expect(over.names()).toEqual(['rejected', 'room-ended']);
  });

  it('DESK-7 RESUME-7 begins its window anew when it is told, and ends with it', async () => {
    const { patient, there, doctorThere, comeBack } = await sentUnheard();
    await service.pass(WINDOW_MS - 1);
    const back = comeBack();
    await back.first('transferred');
    await service.pass(WINDOW_MS - 1);
    await there.settled();
    expect(doctorThere.all('room-ended')).toEqual([]);
    await service.pass(1);
    expect(await doctorThere.first('room-ended')).toMatchObject({ reason: 'abandoned' });
    const late = await comeBack().ready();
    expect(late.welcome.resumed).toBe(false);
    expect(late.id).not.toBe(patient.id);
  });

  it('DESK-7 RESUME-3 once the patient is there, its old token is spent', async () => {
    const { comeBack } = await sentUnheard();
    const over = await comeOver(service, comeBack());
    await over.caughtUp();
    const thief = await comeBack().ready();
    expect(thief.welcome.resumed).toBe(false);
    expect(over.socket.connected).toBe(true);
  });

  it('DESK-7 RESUME-4 a page that knows less than the patient is told that it is superseded', async () => {
    const { practice, patient, comeBack } = await sentUnheard();
    const back = comeBack();
    const { 'resume-token': resume } = await back.first('transferred');
    const over = await comeOver(service, back);
    await over.caughtUp();
    const old = service.connect(practice.id, { auth: { resume } });
    expect(await old.ended()).toBe('io server disconnect');
    expect(old.heard).toEqual([{ event: 'superseded', data: { 'come-back': false } }]);
    over.drop();
    await over.ended();
    const again = await service.join(over.welcome['namespace-id'], { auth: counted(over) });
    expect(again.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  });
});

describe('with access tokens', () => {
  let hospital: Hospital;

  beforeAll(async () => {
    hospital = await Hospital.open({ MAX_FAILED_ATTEMPTS: '1000' });
  });

  afterAll(() => hospital.close());

  /** A patient of the first of three practices, whose line is silent, and a doctor of all. */
  async function stage() {
    const [a, b, c] = [
      await hospital.practice(),
      await hospital.practice(),
      await hospital.practice(),
    ];
    const doctorToken = await hospital.token({ role: 'doctor', namespaces: [a, b, c] });
    const doctorIn = (id: string) => hospital.service.doctor(id, { auth: { token: doctorToken } });
    const token = await hospital.token({ role: 'patient', namespaces: [a], subject: a });
    const room = freshRoom();
    const line = await Line.to(hospital.service);
    const onLine = (id: string, auth: object = {}) =>
      hospital.service.connectTo(line.url, id, { auth: { token, ...auth } }).ready();
    const patient = await onLine(a);
    await granted(patient.say('create', { 'room-id': room }));
    return { a, b, c, doctorIn, token, room, line, onLine, patient };
  }

  it('DESK-7 RESUME-6 nobody else is told, whatever they bring', async () => {
    const { a, b, doctorIn, token, room, line, patient } = await stage();
    line.silence();
    await granted(transfer(await doctorIn(a), room, b));
    patient.drop();
    const resume = patient.welcome['resume-token'];
    const somebody = await hospital.token({ role: 'patient', namespaces: [a] });
    const thief = await hospital.service.join(a, { auth: { token: somebody, resume } });
    expect(thief.welcome.resumed).toBe(false);
    const back = hospital.service.connect(a, { auth: { token, resume } });
    const told = await back.first('transferred');
    const auth = { token, resume: told['resume-token'] };
    const over = await hospital.service.join(b, { auth });
    expect(over.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  });

  it('DESK-7 AUTH-4 it is told from one to the next, where no token of its own is for', async () => {
    const { a, b, c, doctorIn, token, room, line, onLine, patient } = await stage();
    await granted(transfer(await doctorIn(a), room, b));
    const first = await patient.first('transferred');
    const over = await onLine(b, { resume: first['resume-token'] });
    line.silence();
    await granted(transfer(await doctorIn(b), room, c));
    over.drop();
    const resume = over.welcome['resume-token'];
    const back = hospital.service.connect(b, { auth: { token, resume } });
    const told = await back.first('transferred');
    expect(told['to-namespace-id']).toBe(c);
    const auth = { token, resume: told['resume-token'] };
    const there = await hospital.service.join(c, { auth });
    expect(there.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  });
});
