import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MATRIX } from '../support/matrix.ts';
import { freshRoom, granted, Practice, refused, turnedAway } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const CANDIDATE = 'candidate:1 1 udp 2122260223 192.0.2.1 54400 typ host generation 0';

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});

afterAll(() => service.stop());

/** What every page in use depends on, over every client version and transport. */
describe.each(MATRIX)('with socket.io-client $version over $transport', (combination) => {
  it('ROOM-4 RELAY-1 ROOM-14 a doctor and two patients go through their calls', async () => {
    const practice = await Practice.open(service, combination);
    const [room, nextRoom] = [freshRoom(), freshRoom()];
    const doctor = await practice.doctor();
    const patient = await practice.patient(room, { patientID: 'p-1', name: 'Ada' });
    const next = await practice.patient(nextRoom, { patientID: 'p-2', name: 'Bo' });
    expect(await doctor.next('new-patient')).toEqual({
      'room-id': room,
      'client-id': patient.id,
      patientID: 'p-1',
      name: 'Ada',
      from: patient.id,
    });

    await granted(
      doctor.say('join', { 'room-id': room, 'client-id': doctor.id, init: true, title: 'Dr' }),
    );
    expect(await patient.next('doctor-entered')).toEqual({
      'room-id': room,
      'client-id': doctor.id,
      init: true,
      title: 'Dr',
      from: doctor.id,
    });
    await granted(patient.say('ack-doctor-entered', { 'client-id': doctor.id, ready: true }));
    expect(await doctor.next('ack-doctor-entered')).toEqual({
      'client-id': doctor.id,
      ready: true,
      from: patient.id,
    });
    await granted(doctor.say('join', { 'room-id': room, 'client-id': doctor.id, init: false }));
    expect(await patient.next('room-joined')).toEqual({
      'room-id': room,
      'client-id': doctor.id,
      init: false,
      from: doctor.id,
    });

    const setUp = [
      [doctor, patient, 'send-metadata', { title: 'Dr', room }],
      [doctor, patient, 'offer', { offer: { type: 'offer', sdp: 'v=0\r\n' } }],
      [patient, doctor, 'answer', { answer: { type: 'answer', sdp: 'v=0\r\n' } }],
      [patient, doctor, 'ice-candidate', { candidate: { sdpMLineIndex: 0, candidate: CANDIDATE } }],
      [doctor, patient, 'ice-candidate', { candidate: null }],
    ] as const;
    for (const [sender, peer, event, data] of setUp) {
      const sent = { 'peer-id': peer.id, ...data };
      expect(await sender.say(event, sent)).toEqual({ status: 'ok', delivered: 'now' });
      expect(await peer.next(event)).toEqual({ ...sent, from: sender.id });
    }

    await granted(doctor.say('doctor-ended', { patientID: 'p-1' }));
    expect(await patient.next('doctor-ended')).toEqual({ patientID: 'p-1', from: doctor.id });
    const over = { 'room-id': room, reason: 'doctor-ended', by: 'doctor' };
    expect(await patient.next('room-ended')).toEqual(over);
    expect(await doctor.next('room-ended')).toEqual(over);

    await granted(doctor.say('join', { 'room-id': nextRoom, init: true }));
    await next.next('doctor-entered');
    await granted(doctor.say('join', { 'room-id': nextRoom }));
    await next.next('room-joined');
    await granted(next.say('patient-ended', { patientID: 'p-2' }));
    expect(await doctor.next('patient-ended')).toEqual({ patientID: 'p-2', from: next.id });

    await practice.settled();
    expect(patient.names()).toEqual([
      'doctor-entered',
      'room-joined',
      'send-metadata',
      'offer',
      'ice-candidate',
      'doctor-ended',
      'room-ended',
    ]);
    expect(next.names()).toEqual(['doctor-entered', 'room-joined', 'room-ended']);
  });

  it('RESUME-3 RESUME-5 a patient loses the connection and comes back into the call', async () => {
    const practice = await Practice.open(service, combination);
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room);
    await granted(doctor.say('join', { 'room-id': room }));
    patient.drop();
    const lost = { 'client-id': patient.id, 'room-id': room };
    expect(await doctor.next('client-disconnected')).toEqual(lost);
    const offer = { 'peer-id': patient.id, n: 1 };
    expect(await doctor.say('offer', offer)).toEqual({ status: 'ok', delivered: 'held' });

    const back = await practice.resume(patient);
    expect(back.welcome).toMatchObject({ resumed: true, role: 'patient', 'client-id': patient.id });
    expect(await back.next('offer')).toEqual({ ...offer, from: doctor.id });
    expect(await doctor.next('client-reconnected')).toEqual(lost);
    await granted(back.say('answer', { 'peer-id': doctor.id }));
    expect(await doctor.next('answer')).toEqual({ 'peer-id': doctor.id, from: patient.id });
  });

  it('IN-1 an error comes back through the acknowledgement, or as signaling-error', async () => {
    const practice = await Practice.open(service, combination);
    const patient = await practice.patient(freshRoom());
    const nobody = { 'peer-id': 'nobody' };
    await refused(patient.say('offer', nobody), 'peer-unreachable');
    patient.socket.emit('offer', nobody);
    expect(await patient.next('signaling-error')).toEqual({
      event: 'offer',
      code: 'peer-unreachable',
      msg: expect.stringMatching(/\.$/),
      retry: false,
    });
  });

  it('RELAY-5 a burst of relays, with steps of the call in between, arrives in order', async () => {
    const practice = await Practice.open(service, combination);
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room);
    doctor.socket.emit('join', { 'room-id': room, init: true });
    doctor.socket.emit('send-metadata', { 'peer-id': patient.id, n: 0 });
    doctor.socket.emit('join', { 'room-id': room });
    for (let n = 1; n <= 100; n += 1) {
      doctor.socket.emit('ice-candidate', { 'peer-id': patient.id, n });
    }
    doctor.socket.emit('doctor-ended', { 'room-id': room });
    await patient.first('room-ended');
    const candidates = Array.from({ length: 100 }, () => 'ice-candidate');
    expect(patient.names()).toEqual([
      'doctor-entered',
      'send-metadata',
      'room-joined',
      ...candidates,
      'doctor-ended',
      'room-ended',
    ]);
    const inOrder = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(patient.all('ice-candidate').map(({ n }) => n)).toEqual(inOrder);
  });

  it('HTTP-4 a removed namespace says so, and closes its connections', async () => {
    const practice = await Practice.open(service, combination);
    const room = freshRoom();
    const doctor = await practice.doctor();
    const patient = await practice.patient(room);
    await service.call('remove-namespace', { namespaceId: practice.id });
    expect(await doctor.ended()).toBe('io server disconnect');
    expect(await patient.ended()).toBe('io server disconnect');
    const removed = { 'namespace-id': practice.id, 'come-back': false };
    expect(doctor.all('namespace-removed')).toEqual([removed]);
    expect(patient.all('namespace-removed')).toEqual([removed]);
    expect(patient.all('room-ended')).toEqual([{ 'room-id': room, reason: 'namespace-removed' }]);
    await turnedAway(service.join(practice.id, combination), 'namespace-not-found');
  });
});

it('RELAY-1 pages of different versions and transports reach each other', async () => {
  const practice = await Practice.open(service);
  const room = freshRoom();
  const doctor = await practice.doctor({ version: '4.8', transport: 'websocket' });
  const patient = await practice.patient(room, {}, { version: '4.1', transport: 'polling' });
  await granted(doctor.say('offer', { 'peer-id': patient.id, n: 1 }));
  await granted(patient.say('answer', { 'peer-id': doctor.id, n: 2 }));
  expect(await patient.first('offer')).toMatchObject({ n: 1, from: doctor.id });
  expect(await doctor.first('answer')).toMatchObject({ n: 2, from: patient.id });
});
