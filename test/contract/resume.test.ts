import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../support/clients.ts';
import { fullHouse } from '../support/full-house.ts';
import { MATRIX } from '../support/matrix.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start({ MAX_FAILED_ATTEMPTS: '1000' });
});

afterAll(() => service.stop());

/** What this client heard after `welcome`: names and payloads. */
const afterWelcome = ({ heard }: TestClient) => heard.slice(1);

describe.each(MATRIX)('with socket.io-client $version over $transport', (combination) => {
  it('RESUME-3 RESUME-5 a patient who waits is the same client, in the same place', async () => {
    const practice = await Practice.open(service, combination);
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room);
    const companion = await practice.companion(room);
    const next = await practice.patient(freshRoom());
    patient.drop();
    await doctor.first('client-disconnected');
    await granted(companion.say('offer', { 'peer-id': patient.id, n: 1 }));
    await granted(doctor.say('join', { 'room-id': room, init: true }));
    await granted(companion.say('ice-candidate', { 'peer-id': patient.id, n: 2 }));

    const back = await practice.resume(patient);
    await practice.settled();
    expect(back.welcome).toMatchObject({
      'client-id': patient.id,
      role: 'patient',
      resumed: true,
      'namespace-id': practice.id,
    });
    expect(afterWelcome(back)).toEqual([
      { event: 'offer', data: { 'peer-id': patient.id, n: 1, from: companion.id } },
      {
        event: 'doctor-entered',
        data: { 'room-id': room, init: true, 'client-id': doctor.id, from: doctor.id },
      },
      { event: 'ice-candidate', data: { 'peer-id': patient.id, n: 2, from: companion.id } },
      { event: 'doctor-online', data: { 'namespace-id': practice.id, online: true } },
      { event: 'queue-position', data: { 'room-id': room, position: 1, ahead: 0 } },
    ]);
    expect(companion.names()).toContain('client-reconnected');
    await granted(back.say('ack-doctor-entered', { 'client-id': doctor.id }));
    expect(await doctor.first('ack-doctor-entered')).toMatchObject({ from: patient.id });
    expect(next.names()).toEqual([]);
  });

  it('RESUME-3 a page whose client reconnects by itself comes back with its token', async () => {
    const practice = await Practice.open(service, combination);
    const doctor = await practice.doctor();
    const page = service.connect(practice.id, { ...combination, reconnection: true });
    page.socket.on('welcome', (welcome) => {
      page.socket.auth = { resume: welcome['resume-token'] };
    });
    await page.ready();
    await granted(page.say('create', { 'room-id': freshRoom() }));
    page.socket.io.reconnectionDelay(10);
    page.socket.io.engine.close();
    const again = await page.first('welcome', ({ resumed }) => resumed);
    expect(again['client-id']).toBe(page.id);
    await doctor.first('client-reconnected');
    page.close();
  });
});

describe('who comes back', () => {
  it('RESUME-1 WHO-1 a waiting patient: the room and the doctors hear it', async () => {
    const { practice, room, patient, doctor, companion, heard } = await fullHouse(service);
    patient.drop();
    await doctor.first('client-disconnected');
    await heard();
    await practice.resume(patient);
    expect(await heard()).toEqual({
      companion: ['client-reconnected'],
      doctor: ['client-reconnected'],
      colleague: ['client-reconnected'],
    });
    const back = { 'client-id': patient.id, 'room-id': room };
    expect(companion.all('client-reconnected')).toEqual([back]);
  });

  it('RESUME-1 WHO-1 a patient in consultation: the room hears it', async () => {
    const { practice, room, patient, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    patient.drop();
    await doctor.first('client-disconnected');
    await heard();
    const back = await practice.resume(patient);
    expect(await heard()).toEqual({
      doctor: ['client-reconnected'],
      companion: ['client-reconnected'],
    });
    expect(afterWelcome(back)).toEqual([]);
  });

  it('RESUME-3 a doctor has the rooms, the claims and the waiting room as it is now', async () => {
    const { practice, room, nextRoom, doctor, colleague, patient, heard } =
      await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    doctor.drop();
    await patient.first('client-disconnected');
    const newRoom = freshRoom();
    const newcomer = await practice.patient(newRoom);
    await heard();
    const back = await practice.resume(doctor);
    expect(await heard()).toEqual({
      patient: ['client-reconnected'],
      companion: ['client-reconnected'],
    });
    expect(back.welcome).toMatchObject({ role: 'doctor', resumed: true });
    expect(back.heard.map(({ event }) => event)).toEqual(['welcome', 'new-patient', 'queue']);
    expect(back.all('new-patient')).toMatchObject([{ from: newcomer.id }]);
    expect(back.all('queue')[0]?.waiting).toMatchObject([
      { 'room-id': nextRoom },
      { 'room-id': newRoom },
    ]);
    await refused(colleague.say('join', { 'room-id': room }), 'already-claimed');
    await granted(back.say('doctor-ended', { 'room-id': room }));
    expect(await patient.first('doctor-ended')).toMatchObject({ from: doctor.id });
  });

  it('RESUME-3 a guest has its room, and one without a room nobody hears of', async () => {
    const { practice, patient, companion, visitor, heard } = await fullHouse(service);
    companion.drop();
    visitor.drop();
    await patient.first('client-disconnected');
    await heard();
    const back = await practice.resume(companion);
    const visitorBack = await practice.resume(visitor);
    expect(await heard()).toEqual({ patient: ['client-reconnected'] });
    expect([back.id, visitorBack.id]).toEqual([companion.id, visitor.id]);
    await granted(back.say('offer', { 'peer-id': patient.id }));
    expect(await patient.first('offer')).toMatchObject({ from: companion.id });
  });

  it('RESUME-3 who was ended meanwhile learns it when back', async () => {
    const { practice, room, patient, doctor, heard } = await fullHouse(service);
    patient.drop();
    await doctor.first('client-disconnected');
    await granted(doctor.say('doctor-rejected', { roomID: room }));
    await heard();
    const back = await practice.resume(patient);
    expect(await heard()).toEqual({});
    expect(afterWelcome(back).map(({ event }) => event)).toEqual(['rejected', 'room-ended']);
  });
});

describe('the token', () => {
  it.each([
    ['one that never was', 'A'.repeat(43)],
    ['nothing', ''],
    ['no text', { $ne: '' }],
    ['a number', 7],
    ['very long', 'x'.repeat(10_000)],
  ])('RESUME-3 %s makes a new client', async (_, resume) => {
    const practice = await Practice.open(service);
    const client = await practice.visitor({ auth: { resume } });
    expect(client.welcome).toMatchObject({ resumed: false, 'client-id': client.socket.id });
  });

  it('RESUME-2 RESUME-3 is good once, and every welcome brings another', async () => {
    const { practice, patient, doctor } = await fullHouse(service);
    patient.drop();
    await doctor.first('client-disconnected');
    const back = await practice.resume(patient);
    expect(back.welcome['resume-token']).not.toBe(patient.welcome['resume-token']);
    const thief = await practice.resume(patient);
    expect(thief.welcome.resumed).toBe(false);
    expect(thief.id).not.toBe(patient.id);
    back.drop();
    await doctor.first('client-reconnected');
    const again = await practice.resume(back);
    expect(again.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  });

  it('RESUME-3 is worth nothing in another namespace', async () => {
    const { patient, doctor, heard } = await fullHouse(service);
    const elsewhere = await Practice.open(service);
    patient.drop();
    await doctor.first('client-disconnected');
    await heard();
    const stranger = await elsewhere.resume(patient);
    expect(stranger.welcome).toMatchObject({ resumed: false, role: 'guest' });
    expect(await heard()).toEqual({});
  });

  it('RESUME-3 is too old when the window has ended', async () => {
    const { practice, room, patient, doctor, heard } = await fullHouse(service);
    patient.drop();
    await doctor.first('client-disconnected');
    await service.pass(WINDOW_MS);
    await heard();
    const late = await practice.resume(patient);
    expect(late.welcome).toMatchObject({ resumed: false, role: 'guest' });
    expect(late.id).not.toBe(patient.id);
    await refused(late.say('create', { 'room-id': room }), 'room-ended');
    expect(await heard()).toEqual({});
  });
});

describe('a connection that still stands', () => {
  it('RESUME-4 is told superseded and closed, and what it still says does not count', async () => {
    const { practice, room, patient, heard } = await fullHouse(service);
    const { id: elsewhere } = await Practice.open(service);
    const keepsTheConnection = patient.socket.io.socket(`/${elsewhere}`);
    await new Promise((resolve) => keepsTheConnection.once('welcome', resolve));
    const back = await practice.resume(patient);
    expect(await patient.ended()).toBe('io server disconnect');
    expect(patient.heard.at(-1)).toEqual({ event: 'superseded', data: { 'come-back': false } });
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });

    const engine = patient.socket.io.engine as unknown as { write(packet: string): void };
    engine.write(`2/${practice.id},["patient-left",{}]`);
    await new Promise((resolve) => keepsTheConnection.once('disconnect', resolve));
    expect((await heard()).companion).toEqual(['client-reconnected']);
    expect(await service.call('join-room', { roomId: room })).toMatchObject({ state: 'waiting' });
    await granted(back.say('patient-left', {}));
  });

  it('RESUME-4 its end is no loss: nobody hears client-disconnected, no window runs', async () => {
    const { practice, patient, heard } = await fullHouse(service);
    const back = await practice.resume(patient);
    await patient.ended();
    const told = await heard();
    expect(Object.values(told).flat()).not.toContain('client-disconnected');
    await service.pass(10 * WINDOW_MS);
    expect(await heard()).toEqual({});
    expect(back.all('room-ended')).toEqual([]);
  });

  it('RESUME-4 RESUME-1 a client that comes back and is lost at once is lost once', async () => {
    const { practice, patient, doctor, heard } = await fullHouse(service);
    const hasty = await practice.resume(patient);
    hasty.drop();
    await doctor.first('client-disconnected');
    expect(await heard()).toMatchObject({
      companion: ['client-reconnected', 'client-disconnected'],
    });
  });
});
