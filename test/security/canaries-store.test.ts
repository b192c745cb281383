import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Canaries } from '../support/canaries.ts';
import type { TestClient } from '../support/clients.ts';
import { Hospital } from '../support/hospital.ts';
import { granted } from '../support/practice.ts';
import { NEGOTIATIONS } from '../support/sdp-fixtures.ts';

const MINUTE_MS = 60_000;
const SDP = NEGOTIATIONS.get('chromium-call')?.descriptions[0]?.sdp ?? '';
const CANDIDATE = 'candidate:1 1 udp 2122260223 192.0.2.7 49203 typ host ufrag ';

let hospital: Hospital;
let canaries: Canaries;
let desk: string;
let doctor: TestClient;

beforeEach(async () => {
  canaries = new Canaries();
  hospital = await Hospital.open();
  desk = await hospital.practice();
  doctor = await comeIn('doctor');
  await granted(doctor.say('doctor-joined', {}));
});

afterEach(() => hospital.close());

/** Which kinds each file of the store holds. */
const stored = () => canaries.inFiles(hospital.service.dataDir);

/** The kinds that the store holds at all, but for those of the audit trail. */
const inStore = (): string[] => {
  const { 'audit.db': _, 'audit.db-wal': __, ...files } = stored();
  return [...new Set(Object.values(files).flat())].sort();
};

async function comeIn(role: 'doctor' | 'patient', auth: object = {}): Promise<TestClient> {
  const subject = canaries.make(`subject of a ${role}`);
  return comeInAs(role, subject, auth);
}

async function comeInAs(role: 'doctor' | 'patient', subject: string, auth: object) {
  const token = await hospital.token({ role, subject, namespaces: [desk] });
  canaries.watch('access token', token.split('.')[2] ?? '');
  const client = await hospital.service.join(desk, { auth: { token, ...auth } });
  canaries.watch('resume token', client.welcome['resume-token']);
  return client;
}

const personal = (): Record<string, unknown> => ({
  patientID: canaries.make('patientID'),
  name: canaries.make('name'),
  anamnesis: { complaints: [canaries.make('complaint'), { since: canaries.make('since') }] },
  photo: 'x'.repeat(10_000) + canaries.make('long text'),
});

const PERSONAL = ['complaint', 'long text', 'name', 'patientID', 'since'];

describe('what a patient’s page sends with create', () => {
  it('LOG-2 is in the store while the patient waits and is seen, and gone a minute after', async () => {
    const room = randomUUID();
    const patient = await comeIn('patient');
    await granted(patient.say('create', { 'room-id': room, ...personal() }));
    expect(inStore()).toEqual(expect.arrayContaining(PERSONAL));
    await granted(doctor.say('join', { 'room-id': room }));
    await hospital.service.pass(MINUTE_MS);
    expect(inStore()).toEqual(expect.arrayContaining(PERSONAL));
    await granted(doctor.say('doctor-ended', { 'room-id': room }));
    await hospital.service.pass(MINUTE_MS);
    expect(inStore()).not.toEqual(
      expect.arrayContaining([expect.stringMatching(PERSONAL.join('|'))]),
    );
  });

  it('LOG-2 is gone too after it was replaced, and with the namespace', async () => {
    const room = randomUUID();
    const patient = await comeIn('patient');
    for (let n = 0; n < 3; n += 1) {
      await granted(patient.say('create', { 'room-id': room, ...personal() }));
    }
    const token = await hospital.token({ role: 'service', namespaces: ['*'] });
    const headers = { Authorization: `Bearer ${token}` };
    await hospital.service.get(`/remove-namespace?namespaceId=${desk}`, headers);
    await hospital.service.pass(MINUTE_MS);
    expect(inStore()).toEqual([]);
  });
});

describe('what people say to each other', () => {
  const talk = async (peer: TestClient): Promise<void> => {
    const sdp = `${SDP}a=x-${canaries.make('sdp')}:1\r\n`;
    const candidate = CANDIDATE + canaries.make('candidate');
    await granted(doctor.say('offer', { 'peer-id': peer.id, offer: { type: 'offer', sdp } }));
    await granted(doctor.say('ice-candidate', { 'peer-id': peer.id, candidate: { candidate } }));
    await granted(doctor.say('send-metadata', { 'peer-id': peer.id, x: canaries.make('said') }));
  };
  const SAID = ['candidate', 'said', 'sdp'];

  it('LOG-2 is stored only while its addressee is lost, and gone a minute after', async () => {
    const room = randomUUID();
    const subject = 'somebody';
    const patient = await comeInAs('patient', subject, {});
    await granted(patient.say('create', { 'room-id': room }));
    await granted(doctor.say('join', { 'room-id': room }));
    await talk(patient);
    expect(inStore()).toEqual(['subject of a doctor']);

    patient.drop();
    await doctor.first('client-disconnected', (data) => data['client-id'] === patient.id);
    await talk(patient);
    expect(inStore()).toEqual([...SAID, 'subject of a doctor']);

    const back = await comeInAs('patient', subject, { resume: patient.welcome['resume-token'] });
    await back.first('send-metadata');
    // Its sign of life comes between the two: until then it might have to be sent again.
    await back.caughtUp();
    await back.caughtUp();
    await hospital.service.pass(MINUTE_MS);
    expect(inStore()).toEqual(['subject of a doctor']);

    back.drop();
    await doctor.next('client-disconnected', (data) => data['client-id'] === back.id);
    await doctor.next('client-disconnected', (data) => data['client-id'] === back.id);
    await talk(back);
    // The window ends with the first minute.
    await hospital.service.pass(MINUTE_MS);
    await hospital.service.pass(MINUTE_MS);
    expect(inStore()).toEqual(['subject of a doctor']);
  });
});

describe('who they are', () => {
  it('LOG-2 is in the store while they are there, and afterwards in the audit trail alone', async () => {
    const patient = await comeIn('patient');
    const here = ['subject of a doctor', 'subject of a patient'];
    expect(inStore()).toEqual(here);
    patient.close();
    doctor.close();
    await expect
      .poll(async () => {
        await hospital.service.pass(MINUTE_MS);
        return inStore();
      })
      .toEqual([]);
    expect(new Set(Object.values(stored()).flat())).toEqual(new Set(here));
  });

  it('LOG-2 RESUME-2 AUTH-8 is never to be had from the store: no token, no invitation', async () => {
    const backend = await hospital.token({ role: 'service', namespaces: [desk] });
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${backend}` };
    const subject = canaries.make('invited subject');
    const body = { role: 'patient', subject, namespaces: [desk], room: 'r' };
    const post = async (path: string, sent: object): Promise<Record<string, string>> =>
      (
        await fetch(hospital.url + path, { method: 'POST', headers, body: JSON.stringify(sent) })
      ).json() as Promise<Record<string, string>>;
    const { invitation = '' } = await post('/api/v1/invitations', body);
    canaries.watch('invitation', invitation);
    expect(inStore()).toEqual(['invited subject', 'subject of a doctor']);
    const { token = '' } = await post('/api/v1/invitations/redeem', { invitation });
    canaries.watch('access token', token.split('.')[2] ?? '');
    await hospital.service.pass(MINUTE_MS);
    expect(inStore()).toEqual(['subject of a doctor']);
    expect(Object.values(stored()).flat()).not.toContain('invitation');
    expect(Object.values(stored()).flat()).not.toContain('access token');
  });
});
