import { enterWaitingRoom, openDesk, type Visit } from '@telemedicine-signaling/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Service } from '../support/service.ts';

const KNOCK_MS = 45_000;
const WINDOW_MS = 60_000;

let service: Service;

beforeEach(async () => {
  service = await Service.start();
  await service.call('create-namespace', { namespaceId: 'clinic' });
});
afterEach(() => service.stop());

const enter = (roomId: string): Promise<Visit> =>
  enterWaitingRoom({ server: service.url, namespaceId: 'clinic', roomId, storage: null });

const phase = (visit: Visit) => expect.poll(() => visit.state.phase);

describe('ROOM-11 SDK-4 a patient who is called', () => {
  it('ROOM-11 SDK-4 waits on when the doctor does not come', async () => {
    const doctor = await service.doctor('clinic');
    const visit = await enter('r-1');
    await doctor.say('join', { 'room-id': 'r-1', init: true });
    await phase(visit).toBe('called');
    await service.pass(KNOCK_MS);
    await phase(visit).toBe('waiting');
    visit.close();
  });

  it('RESUME-7 SDK-4 waits on when the doctor is gone', async () => {
    const doctor = await service.doctor('clinic');
    const visit = await enter('r-2');
    await doctor.say('join', { 'room-id': 'r-2', init: true });
    await phase(visit).toBe('called');
    doctor.drop();
    await service.doctor('clinic');
    await service.pass(WINDOW_MS);
    await phase(visit).toBe('waiting');
    visit.close();
  });
});

describe('SDK-5 a desk', () => {
  const open = () => openDesk({ server: service.url, namespaceId: 'clinic', storage: null });

  it('SDK-5 whose call is withdrawn says so, and the patient waits on', async () => {
    const desk = await open();
    const patient = await service.patient('clinic', 'r-3');
    await expect.poll(() => desk.state.waiting.length).toBe(1);
    await desk.callNext();
    await patient.first('doctor-entered');
    expect(desk.state.current).toMatchObject({ roomId: 'r-3', phase: 'calling' });
    await desk.cancel();
    expect(desk.state.outcome).toMatchObject({ roomId: 'r-3', reason: 'returned' });
    await patient.first('returned-to-queue');
    desk.close();
  });

  it('SDK-5 that finds nobody to call is as it was', async () => {
    const desk = await open();
    await expect(desk.callNext()).rejects.toMatchObject({ code: 'room-not-found' });
    expect(desk.state).toMatchObject({ current: null, onHold: [], connection: 'online' });
    desk.close();
  });

  it('SDK-5 of a practice that is not there does not open, and asks no more', async () => {
    const desk = openDesk({ server: service.url, namespaceId: 'nowhere', storage: null });
    await expect(desk).rejects.toMatchObject({ code: 'namespace-not-found', retry: false });
  });
});
