import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { counted, Line, offersTo, patientOnLine, returnUnheard } from '../support/line.ts';
import { granted } from '../support/practice.ts';
import { Service } from '../support/service.ts';

const WINDOW_MS = 60_000;

let service: Service;

beforeAll(async () => {
  service = await Service.start({ MAX_FAILED_ATTEMPTS: '1000' });
});

afterEach(() => Line.closeAll());

afterAll(() => service.stop());

describe('a welcome that never arrives', () => {
  it('RESUME-3 RESUME-10 does not spend the token, and costs no message', async () => {
    const { practice, line, patient, companion, offer } = await patientOnLine(service);
    await granted(offer(1));
    await patient.first('offer');
    const auth = counted(patient);
    line.silence();
    await granted(offer(2));
    patient.drop();
    for (const n of [3, 4, 5]) {
      await returnUnheard(service, line, practice.id, auth, companion);
      await granted(offer(n));
    }
    const back = await practice.visitor({ auth });
    await back.caughtUp();
    expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    expect(offersTo(back)).toEqual([2, 3, 4, 5]);
  });

  it('RESUME-2 RESUME-3 but once one arrives it does', async () => {
    const { practice, doctor, line, patient, companion } = await patientOnLine(service);
    const auth = counted(patient);
    patient.drop();
    await doctor.first('client-disconnected');
    await returnUnheard(service, line, practice.id, auth, companion);
    const back = await practice.visitor({ auth });
    await back.caughtUp();
    const thief = await practice.visitor({ auth });
    expect(thief.welcome.resumed).toBe(false);
    back.drop();
    await doctor.next('client-disconnected');
    const late = await practice.visitor({ auth });
    expect(late.welcome.resumed).toBe(false);
    const again = await practice.visitor({ auth: counted(back) });
    expect(again.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  });

  it('RESUME-3 RESUME-5 costs nothing of what was kept, for a page that does not count', async () => {
    const { practice, doctor, line, patient, companion, offer } = await patientOnLine(service);
    const auth = { resume: patient.welcome['resume-token'] };
    patient.drop();
    await doctor.first('client-disconnected');
    for (const n of [1, 2]) expect(await offer(n)).toMatchObject({ delivered: 'held' });
    await returnUnheard(service, line, practice.id, auth, companion);
    await granted(offer(3));
    const back = await practice.visitor({ auth });
    await back.caughtUp();
    expect(offersTo(back)).toEqual([1, 2, 3]);
  });

  it('RESUME-3 RESUME-5 and said to resynchronise: the next one says so again', async () => {
    const small = await Service.start({ MAX_HELD_MESSAGES: '4' });
    try {
      const { practice, doctor, line, patient, companion, offer } = await patientOnLine(small);
      const auth = counted(patient);
      patient.drop();
      await doctor.first('client-disconnected');
      for (let n = 0; n < 5; n += 1) await granted(offer(n));
      await returnUnheard(small, line, practice.id, auth, companion);
      const back = await practice.visitor({ auth });
      expect(back.welcome).toMatchObject({ resumed: true, resynchronise: true });
      back.drop();
      await doctor.next('client-reconnected');
      const again = await practice.visitor({ auth: counted(back) });
      expect(again.welcome).not.toHaveProperty('resynchronise');
    } finally {
      await small.stop();
    }
  });

  it('RESUME-3 leaves its token good as well: perhaps it was heard after all', async () => {
    const { practice, line, patient, doctor } = await patientOnLine(service);
    patient.drop();
    await doctor.first('client-disconnected');
    const auth = counted(patient);
    const back = await service.connectTo(line.url, practice.id, { auth }).ready();
    line.silence();
    const again = await practice.visitor({ auth: counted(back) });
    expect(again.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
  });

  it('RESUME-3 RESUME-7 starts a window when its connection is known to be lost', async () => {
    const attentive = await Service.start({ PING_INTERVAL_MS: '100', PING_TIMEOUT_MS: '300' });
    try {
      const { practice, line, patient, companion, doctor } = await patientOnLine(attentive);
      const auth = counted(patient);
      patient.drop();
      await doctor.first('client-disconnected');
      await returnUnheard(attentive, line, practice.id, auth, companion);
      await expect.poll(() => doctor.all('client-disconnected').length).toBe(2);
      await attentive.pass(WINDOW_MS - 1);
      const back = await practice.visitor({ auth });
      expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    } finally {
      await attentive.stop();
    }
  });

  it('RESUME-3 RESUME-8 and the server is restarted: both tokens are good', async () => {
    const own = await Service.start();
    try {
      const { practice, line, patient, companion, doctor } = await patientOnLine(own);
      const auth = counted(patient);
      patient.drop();
      await doctor.first('client-disconnected');
      await returnUnheard(own, line, practice.id, auth, companion);
      await own.restart();
      const back = await practice.visitor({ auth });
      expect(back.welcome).toMatchObject({ resumed: true, 'client-id': patient.id });
    } finally {
      await own.stop();
    }
  });
});
