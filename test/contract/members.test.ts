import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, TestClient } from '../support/clients.ts';
import { fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice } from '../support/practice.ts';
import { Service } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

const rolesIn = (answer: Answer): Record<string, string> =>
  Object.fromEntries(
    answer.members.map((one: Record<string, string>) => [one['client-id'], one.role]),
  );

const namedIn = (client: TestClient): string[] =>
  client.all('room-joined').map((data) => data['client-id']);

describe('nobody is in a room unseen', () => {
  it('ROOM-15 a doctor who knocks or comes in learns of the guest who is there', async () => {
    const { room, doctor, patient, companion } = await fullHouse(service);
    const both = { [patient.id]: 'patient', [companion.id]: 'guest' };
    const knocked = await granted(doctor.say('join', { 'room-id': room, init: true }));
    expect(rolesIn(knocked)).toEqual(both);
    const joined = await granted(doctor.say('join', { 'room-id': room }));
    expect(rolesIn(joined)).toEqual({ ...both, [doctor.id]: 'doctor' });
  });

  it('ROOM-15 so does one who takes the next', async () => {
    const { doctor, patient, companion } = await fullHouse(service);
    const called = await granted(doctor.say('call-next', {}));
    expect(rolesIn(called)).toEqual({ [patient.id]: 'patient', [companion.id]: 'guest' });
  });

  it('ROOM-15 ROOM-6 a guest who comes later is seen by all, and sees all', async () => {
    const { practice, room, doctor, patient, companion, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    const guest = await practice.visitor();
    await heard();
    const joined = await granted(guest.say('join', { 'room-id': room, 'client-id': doctor.id }));
    expect(rolesIn(joined)).toEqual({
      [patient.id]: 'patient',
      [companion.id]: 'guest',
      [doctor.id]: 'doctor',
      [guest.id]: 'guest',
    });
    expect(await heard()).toEqual({
      doctor: ['room-joined'],
      patient: ['room-joined'],
      companion: ['room-joined'],
    });
    for (const one of [doctor, patient, companion]) expect(namedIn(one).at(-1)).toBe(guest.id);
  });

  it('ROOM-15 a patient who comes into a room in which somebody waits learns it', async () => {
    const practice = await Practice.open(service);
    const made = await service.call('create-room', { namespaceId: practice.id });
    const room = String(made['room-id']);
    const guest = await practice.companion(room);
    const patient = await practice.visitor();
    const entered = await granted(patient.say('create', { 'room-id': room }));
    expect(rolesIn(entered)).toEqual({ [guest.id]: 'guest', [patient.id]: 'patient' });
  });

  it('ROOM-15 RESUME-9 a page that was loaded anew learns who is there', async () => {
    const practice = await Practice.open(service);
    const room = freshRoom();
    const patient = await practice.patient(room, { patientID: 1 });
    const guest = await practice.companion(room);
    const doctor = await practice.doctor();
    await granted(doctor.say('join', { 'room-id': room }));
    const reloaded = await practice.visitor();
    const entered = await granted(reloaded.say('create', { 'room-id': room, patientID: 1 }));
    const roles = { [guest.id]: 'guest', [doctor.id]: 'doctor', [reloaded.id]: 'patient' };
    expect(rolesIn(entered)).toEqual(roles);
    expect(namedIn(doctor)).toEqual([reloaded.id]);
    expect(patient.id).not.toBe(reloaded.id);
  });

  it('ROOM-15 who has left is not named any more', async () => {
    const { room, doctor, patient, companion } = await fullHouse(service);
    await granted(companion.say('leave', { 'room-id': room }));
    const knocked = await granted(doctor.say('join', { 'room-id': room, init: true }));
    expect(rolesIn(knocked)).toEqual({ [patient.id]: 'patient' });
  });
});
