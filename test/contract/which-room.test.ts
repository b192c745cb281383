import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

describe('which room is meant', () => {
  it('ROOM-9 without a name, the only one the sender is in', async () => {
    const { room, doctor, patient, heard } = await fullHouse(service, { patientID: 'p-1' });
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    await granted(doctor.say('doctor-ended', { patientID: 'never-given' }));
    await heard();
    expect(patient.all('room-ended')).toMatchObject([{ 'room-id': room }]);
  });

  it('ROOM-9 of several, none: nothing ends', async () => {
    const { room, nextRoom, doctor, heard } = await fullHouse(service);
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(doctor.say('join', { 'room-id': nextRoom }));
    await heard();
    await refused(doctor.say('doctor-ended', {}), 'room-ambiguous');
    await refused(doctor.say('doctor-ended', { patientID: 'never-given' }), 'room-ambiguous');
    expect(await heard()).toEqual({});
    await granted(doctor.say('doctor-ended', { 'room-id': nextRoom }));
    expect(await heard()).toMatchObject({ neighbour: ['doctor-ended', 'room-ended'] });
  });

  it('ROOM-9 patientID finds the right one among several', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    const rooms = [freshRoom(), freshRoom(), freshRoom()];
    const patients = [];
    for (const [index, room] of rooms.entries()) {
      patients.push(await practice.patient(room, { 'patient-id': index === 0 ? 0 : 'twin' }));
      await granted(doctor.say('join', { 'room-id': room }));
    }
    await refused(doctor.say('doctor-ended', { patientID: 'twin' }), 'room-ambiguous');
    await granted(doctor.say('doctor-ended', { patientID: '0' }));
    await practice.settled();
    const ended = patients.map((patient) => patient.all('doctor-ended').length);
    expect(ended).toEqual([1, 0, 0]);
  });

  it('ROOM-9 in no room there is nothing to end', async () => {
    const practice = await Practice.open(service);
    const doctor = await practice.doctor();
    await refused(doctor.say('doctor-ended', {}), 'room-not-found');
    await refused(doctor.say('doctor-ended', { patientID: 'p-1' }), 'room-not-found');
    await refused(doctor.say('doctor-ended', { 'room-id': freshRoom() }), 'room-not-found');
  });

  it('ROOM-9 a doctor ends only what the doctor is in or has claimed', async () => {
    const { room, doctor, colleague, heard } = await fullHouse(service, { patientID: 'p-1' });
    await refused(colleague.say('doctor-ended', { patientID: 'p-1' }), 'not-allowed');
    await refused(colleague.say('doctor-ended', { 'room-id': room }), 'not-allowed');
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    await refused(colleague.say('doctor-ended', { patientID: 'p-1' }), 'not-allowed');
    expect(await heard()).toEqual({});
  });

  it('ROOM-9 a doctor whose page was loaded anew ends what its former self held', async () => {
    const { practice, room, doctor, patient, heard } = await fullHouse(service, {
      patientID: 'p-1',
    });
    await granted(doctor.say('join', { 'room-id': room }));
    doctor.drop();
    await patient.first('client-disconnected');
    await heard();
    const reloaded = await practice.doctor();
    await granted(reloaded.say('doctor-ended', { patientID: 'p-1' }));
    expect(await heard()).toMatchObject({
      patient: ['doctor-ended', 'room-ended'],
      companion: ['doctor-ended', 'room-ended'],
    });
    expect(patient.all('doctor-ended')).toMatchObject([{ from: reloaded.id }]);
  });
});
