import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FullHouse, fullHouse } from '../support/full-house.ts';
import { freshRoom, granted, Practice, refused } from '../support/practice.ts';
import { Service } from '../support/service.ts';
import { comeOver, queueIn, roomsIn, transfer } from '../support/transfers.ts';

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

/** The practice of `strangeDoctor`, to which patients are sent. */
const thereOf = ({ strangeDoctor }: FullHouse): string => strangeDoctor.welcome['namespace-id'];

describe('what cannot be transferred', () => {
  it('DESK-7 WHO-1 stays as it is, and nobody hears of it', async () => {
    const house = await fullHouse(service);
    const { practice, room, nextRoom, doctor, colleague, strangeDoctor, neighbour, heard } = house;
    const there = thereOf(house);
    await granted(colleague.say('join', { 'room-id': room, init: true }));
    const gone = freshRoom();
    await practice.patient(gone);
    await granted(doctor.say('doctor-rejected', { roomID: gone }));
    const made = await service.call('create-room', { namespaceId: practice.id });
    await heard();
    await refused(transfer(doctor, room, there), 'already-claimed');
    await refused(transfer(doctor, nextRoom, practice.id), 'namespace-not-found');
    await refused(transfer(doctor, nextRoom, 'not-there'), 'namespace-not-found');
    await refused(transfer(doctor, nextRoom, 'not/well-formed'), 'invalid-namespace-id');
    await refused(transfer(doctor, freshRoom(), there), 'room-not-found');
    await refused(transfer(doctor, gone, there), 'room-ended');
    await refused(transfer(doctor, String(made['room-id']), there), 'not-allowed');
    await refused(transfer(strangeDoctor, nextRoom, practice.id), 'room-not-found');
    neighbour.drop();
    await doctor.first('client-disconnected');
    await heard();
    await refused(transfer(doctor, nextRoom, there), 'peer-unreachable');
    expect(await heard()).toEqual({});
    const back = await practice.resume(neighbour);
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': neighbour.id });
    expect(roomsIn({ waiting: await queueIn(service, practice.id) })).toEqual([room, nextRoom]);
    expect(await queueIn(service, there)).toHaveLength(1);
  });

  it('DESK-7 QUEUE-7 nobody is sent where the waiting room is full', async () => {
    const small = await Service.start({ MAX_WAITING_ROOM_SIZE: '1' });
    try {
      const [here, there] = [await Practice.open(small), await Practice.open(small)];
      const room = freshRoom();
      const patient = await here.patient(room);
      await there.patient(freshRoom());
      const doctor = await here.doctor();
      await refused(transfer(doctor, room, there.id), 'queue-full');
      await here.settled();
      expect(patient.names()).toEqual([]);
      expect(patient.socket.connected).toBe(true);
    } finally {
      await small.stop();
    }
  });
});

describe('at the same moment', () => {
  it('DESK-7 two doctors send the same patient away: one does', async () => {
    const house = await fullHouse(service);
    const { room, doctor, colleague, patient, settled } = house;
    const other = await Practice.open(service);
    const answers = await Promise.all([
      transfer(doctor, room, thereOf(house)),
      transfer(colleague, room, other.id),
    ]);
    // At two nodes nobody knows whose turn comes first.
    const isFirst = answers[0]?.code === undefined;
    expect(answers[isFirst ? 1 : 0]).toMatchObject({ code: 'room-not-found' });
    expect(answers[isFirst ? 0 : 1]).toMatchObject({ status: 'ok' });
    await patient.ended();
    await settled();
    expect(patient.all('transferred')).toHaveLength(1);
    const inVain = isFirst ? other.id : thereOf(house);
    expect(roomsIn({ waiting: await queueIn(service, inVain) })).not.toContain(room);
    expect((await comeOver(service, patient)).welcome.resumed).toBe(true);
  });

  it('DESK-7 two patients change places', async () => {
    const house = await fullHouse(service);
    const { practice, room, nextRoom, doctor, patient, strangeDoctor, strangePatient } = house;
    const strangeRoom = strangePatient.all('queue-position')[0]?.['room-id'];
    await Promise.all([
      granted(transfer(doctor, room, thereOf(house))),
      granted(transfer(strangeDoctor, strangeRoom, practice.id)),
    ]);
    const over = await Promise.all([patient, strangePatient].map((one) => comeOver(service, one)));
    expect(over.map(({ id }) => id)).toEqual([patient.id, strangePatient.id]);
    expect(roomsIn({ waiting: await queueIn(service, thereOf(house)) })).toEqual([room]);
    const here = roomsIn({ waiting: await queueIn(service, practice.id) });
    expect(here?.sort()).toEqual([nextRoom, strangeRoom].sort());
  });

  it('DESK-7 ROOM-8 a doctor ends the consultation and sends the patient away: the first counts', async () => {
    const house = await fullHouse(service);
    const { room, nextRoom, doctor, patient, neighbour, strangeDoctor, heard } = house;
    const end = (roomId: string) => doctor.say('doctor-ended', { 'room-id': roomId });
    const send = (roomId: string) => transfer(doctor, roomId, thereOf(house));
    for (const id of [room, nextRoom]) await granted(doctor.say('join', { 'room-id': id }));
    await heard();
    const endFirst = [end(room), send(room)] as const;
    const sendFirst = [send(nextRoom), end(nextRoom)] as const;
    await granted(endFirst[0]);
    await refused(endFirst[1], 'room-ended');
    await granted(sendFirst[0]);
    await refused(sendFirst[1], 'room-not-found');
    await neighbour.ended();
    expect(await heard()).toEqual({
      patient: ['doctor-ended', 'room-ended'],
      companion: ['doctor-ended', 'room-ended'],
      doctor: ['room-ended', 'client-left'],
      neighbour: ['transferred'],
      strangeDoctor: ['new-patient'],
    });
    expect(strangeDoctor.all('new-patient').at(-1)).toMatchObject({ from: neighbour.id });
    expect(patient.all('transferred')).toEqual([]);
  });

  it('DESK-7 ROOM-8 the patient ends it while a doctor sends it away: one of both', async () => {
    const house = await fullHouse(service);
    const { room, doctor, patient, strangeDoctor, heard } = house;
    await granted(doctor.say('join', { 'room-id': room }));
    await heard();
    patient.socket.emit('patient-ended', { 'room-id': room });
    const { status, code } = await transfer(doctor, room, thereOf(house));
    const isSent = status === 'ok';
    if (isSent) await patient.ended();
    else expect(code).toBe('room-ended');
    await heard();
    expect(patient.names().at(-1)).toBe(isSent ? 'transferred' : 'room-ended');
    expect(strangeDoctor.all('new-patient')).toHaveLength(isSent ? 2 : 1);
    const found = await service.call('join-room', { roomId: room });
    expect(found).toMatchObject(isSent ? { state: 'waiting' } : { status: 410 });
  });

  it('DESK-7 HTTP-4 the other namespace is removed: nobody is left behind there', async () => {
    const house = await fullHouse(service);
    const { room, doctor, patient, heard } = house;
    const there = await Practice.open(service);
    const [sent] = await Promise.all([
      transfer(doctor, room, there.id),
      service.call('remove-namespace', { namespaceId: there.id }),
    ]);
    const wasSent = sent.status === 'ok';
    if (wasSent) await patient.ended();
    expect((await heard()).patient).toEqual(wasSent ? ['transferred'] : undefined);
    await service.call('create-namespace', { namespaceId: there.id });
    expect(await queueIn(service, there.id)).toEqual([]);
    const doctorThere = await service.doctor(there.id);
    await refused(doctorThere.say('offer', { 'peer-id': patient.id }), 'peer-unreachable');
  });
});
