import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Hospital } from '../support/hospital.ts';
import { freshRoom, granted, refused, turnedAway } from '../support/practice.ts';
import { transfer } from '../support/transfers.ts';

let hospital: Hospital;

beforeAll(async () => {
  hospital = await Hospital.open({ MAX_FAILED_ATTEMPTS: '1000' });
});

afterAll(() => hospital.close());

const join = (namespaceId: string, auth: Record<string, unknown>) =>
  hospital.service.join(namespaceId, { auth });

/** A doctor of two practices, and a patient whose token is for the first alone. */
async function clinic(wanted: { room?: string } = {}) {
  const [here, there] = [await hospital.practice(), await hospital.practice()];
  const doctorToken = await hospital.token({ role: 'doctor', namespaces: [here, there] });
  const doctor = await hospital.service.doctor(here, { auth: { token: doctorToken } });
  const room = wanted.room ?? freshRoom();
  const subject = `patient of ${room}`;
  const request = { role: 'patient', namespaces: [here], subject, ...wanted } as const;
  const token = await hospital.token(request);
  const patient = await hospital.service.patient(here, room, {}, { auth: { token } });
  return { here, there, doctor, doctorToken, room, subject, request, token, patient };
}

async function sentAway() {
  const cast = await clinic();
  await granted(transfer(cast.doctor, cast.room, cast.there));
  const told = await cast.patient.first('transferred');
  return { ...cast, resume: String(told['resume-token']) };
}

describe('a patient whose access token is for the first practice alone', () => {
  it('DESK-7 AUTH-4 comes over with the token that the transfer gave', async () => {
    const { there, token, patient, resume, doctorToken, room } = await sentAway();
    await turnedAway(join(there, { token }), 'namespace-not-found');
    const over = await join(there, { token, resume });
    expect(over.welcome).toMatchObject({
      'client-id': patient.id,
      'namespace-id': there,
      role: 'patient',
      resumed: true,
    });
    const doctor = await hospital.service.doctor(there, { auth: { token: doctorToken } });
    await granted(doctor.say('join', { 'room-id': room }));
    await granted(over.say('offer', { 'peer-id': doctor.id }));
    expect(await doctor.first('offer')).toMatchObject({ from: patient.id });
  });

  it('DESK-7 RESUME-3 and comes back there, with the tokens that it gets there', async () => {
    const { there, token, patient, resume } = await sentAway();
    const over = await join(there, { token, resume });
    over.drop();
    await over.ended();
    const back = await join(there, { token, resume: over.welcome['resume-token'] });
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  });

  it('DESK-7 AUTH-6 renews it there, with one for the first practice', async () => {
    const { there, token, resume, request } = await sentAway();
    const over = await join(there, { token, resume });
    const renew = async (other: object) =>
      over.say('refresh-token', { token: await hospital.token({ ...request, ...other }) });
    await granted(renew({}));
    await refused(renew({ subject: 'somebody else' }), 'not-allowed');
    await refused(renew({ role: 'guest' }), 'not-allowed');
  });

  it('DESK-7 AUTH-4 may be in one room only, and takes that along', async () => {
    const cast = await clinic({ room: freshRoom() });
    await granted(transfer(cast.doctor, cast.room, cast.there));
    const { 'resume-token': resume } = await cast.patient.first('transferred');
    const over = await join(cast.there, { token: cast.token, resume });
    await refused(over.say('create', { 'room-id': freshRoom() }), 'room-not-found');
    await granted(over.say('patient-left', { 'room-id': cast.room }));
  });
});

describe('nobody else', () => {
  it('DESK-7 RESUME-6 comes in with that token under another name or role', async () => {
    const { there, here, subject, token, resume, patient } = await sentAway();
    const asSomebody = async (wanted: object) =>
      join(there, { token: await hospital.token({ namespaces: [here], ...wanted }), resume });
    await turnedAway(asSomebody({ role: 'patient' }), 'namespace-not-found');
    await turnedAway(asSomebody({ role: 'guest', subject }), 'namespace-not-found');
    await turnedAway(join(there, { resume }), 'token-missing');
    const insider = await asSomebody({ role: 'guest', namespaces: [there] });
    expect(insider.welcome.resumed).toBe(false);
    const over = await join(there, { token, resume });
    expect(over.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  });

  it('DESK-7 AUTH-5 comes in by guessing, and cannot tell whether a practice is there', async () => {
    const { there, token } = await sentAway();
    const guesses = [
      randomBytes(32).toString('base64url'),
      '',
      null,
      { $ne: '' },
      'x'.repeat(10_000),
    ];
    for (const resume of guesses) {
      await turnedAway(join(there, { token, resume }), 'namespace-not-found');
      await turnedAway(join('not-there', { token, resume }), 'namespace-not-found');
    }
  });

  it('DESK-7 RESUME-3 comes in with one that was used', async () => {
    const { there, token, resume } = await sentAway();
    const over = await join(there, { token, resume });
    await over.caughtUp();
    await turnedAway(join(there, { token, resume }), 'namespace-not-found');
    expect(over.socket.connected).toBe(true);
  });
});

describe('a doctor whose token is for the first practice alone', () => {
  it('DESK-7 AUTH-4 cannot send a patient elsewhere, nor tell whether anything is there', async () => {
    const { here, there, room, patient } = await clinic();
    const token = await hospital.token({ role: 'doctor', namespaces: [here] });
    const doctor = await hospital.service.doctor(here, { auth: { token } });
    const answers = [
      await transfer(doctor, room, there),
      await transfer(doctor, room, 'not-there'),
      await transfer(doctor, room, here),
    ];
    expect(answers.map(({ code }) => code)).toEqual(answers.map(() => 'namespace-not-found'));
    expect(new Set(answers.map(({ msg }) => msg)).size).toBe(1);
    await patient.caughtUp();
    expect(patient.names()).toEqual([]);
  });
});
