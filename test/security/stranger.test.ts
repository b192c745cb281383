import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Answer, TestClient } from '../support/clients.ts';
import { granted } from '../support/practice.ts';
import { NEGOTIATIONS } from '../support/sdp-fixtures.ts';
import { MODES, Town } from '../support/town.ts';

vi.setConfig({ testTimeout: 120_000 });

const MINUTE_MS = 60_000;
const CLINIC = 'clinic';
const SDP = NEGOTIATIONS.get('chromium-call')?.descriptions[0]?.sdp ?? '';
const CANDIDATE = 'candidate:1 1 udp 2122260223 192.0.2.7 49203 typ host ufrag ';

let town: Town;
/** Everything that is nobody’s business: ids and tokens of the clinic, and what its people send. */
let secrets: Set<string>;
let doctor: TestClient;

const secret = (kind: string): string => {
  const made = `${kind}${randomBytes(9).toString('hex')}`;
  secrets.add(made);
  return made;
};

/** Somebody of the clinic, whose ids are secrets. */
async function ofClinic(role: 'doctor' | 'patient' | 'guest'): Promise<TestClient> {
  const client = await town.comeIn(CLINIC, role);
  secrets.add(client.id).add(client.welcome['resume-token']);
  return client;
}

interface Consultation {
  room: string;
  patient: TestClient;
  guest: TestClient;
}

/** A patient comes, waits, is called, talks, and is about to go. */
async function consult(): Promise<Consultation> {
  const room = randomUUID();
  secrets.add(room);
  const patient = await ofClinic('patient');
  const name = secret('name');
  await granted(patient.say('create', { 'room-id': room, patientID: secret('number'), name }));
  await doctor.first('new-patient', (data) => data.name === name);
  await granted(doctor.say('join', { 'room-id': room, init: true, note: secret('note') }));
  await granted(patient.say('ack-doctor-entered', { 'client-id': doctor.id }));
  await granted(doctor.say('join', { 'room-id': room }));
  const guest = await ofClinic('guest');
  await granted(guest.say('join', { 'room-id': room }));
  const talk: [TestClient, TestClient][] = [
    [doctor, patient],
    [patient, doctor],
    [guest, patient],
  ];
  for (const [from, to] of talk) {
    const sdp = `${SDP}a=x-${secret('sdp')}:1\r\n`;
    await granted(from.say('offer', { 'peer-id': to.id, offer: { type: 'offer', sdp } }));
    const candidate = CANDIDATE + secret('ufrag');
    await granted(from.say('ice-candidate', { 'peer-id': to.id, candidate: { candidate } }));
    await granted(from.say('send-metadata', { 'peer-id': to.id, said: secret('said') }));
  }
  return { room, patient, guest };
}

/** The ways in which consultations end, and what goes wrong in between. */
const ENDINGS: ((one: Consultation) => Promise<unknown>)[] = [
  ({ room }) => granted(doctor.say('doctor-ended', { 'room-id': room })),
  ({ patient }) => granted(patient.say('patient-ended', {})),
  ({ patient }) => granted(patient.say('patient-left', {})),
  ({ room }) => granted(doctor.say('doctor-rejected', { roomID: room })),
  async ({ room, guest }) => {
    await granted(guest.say('leave', { 'room-id': room }));
    await granted(doctor.say('hold', { 'room-id': room }));
    await granted(doctor.say('return-to-queue', { 'room-id': room }));
    await granted(doctor.say('message-to-waiting', { text: secret('text') }));
    await granted(doctor.say('call-next', {}));
  },
  async ({ patient }) => {
    patient.drop();
    await doctor.first('client-disconnected', (data) => data['client-id'] === patient.id);
  },
];

/** Close to what is right, as a guess would be if it were the best one possible. */
const near = (id: string): string => `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}`;

interface Strangers {
  patient: TestClient;
  doctor: TestClient;
  answers: Answer[];
}

/** They know every id, and try each on everything. */
async function guess({ patient, doctor: theirs, answers }: Strangers, one: Consultation) {
  const peers = [doctor.id, one.patient.id, one.guest.id, near(doctor.id), one.room, 'nobody'];
  const rooms = [one.room, near(one.room), randomUUID()];
  const ask = async (who: TestClient, event: string, payload: object) => {
    answers.push(await who.say(event, payload));
  };
  for (const peer of peers) {
    await ask(patient, 'offer', { 'peer-id': peer, offer: { type: 'offer', sdp: SDP } });
    await ask(patient, 'ack-doctor-entered', { 'client-id': peer });
    await ask(theirs, 'send-metadata', { 'peer-id': peer });
    await ask(theirs, 'ice-candidate', {
      'peer-id': peer,
      candidate: { candidate: `${CANDIDATE}x` },
    });
  }
  for (const room of rooms) {
    const here = { 'room-id': room };
    await ask(theirs, 'join', here);
    await ask(theirs, 'join', { ...here, init: true });
    for (const event of ['doctor-ended', 'hold', 'return-to-queue', 'doctor-rejected', 'leave']) {
      await ask(theirs, event, here);
    }
    await ask(theirs, 'set-priority', { ...here, urgent: true });
    await ask(theirs, 'message-to-waiting', { ...here, text: 'Hello?' });
    for (const event of ['patient-ended', 'patient-left', 'leave']) await ask(patient, event, here);
  }
}

describe.each(MODES)('a stranger, with AUTH=%s', (mode) => {
  beforeEach(async () => {
    secrets = new Set();
    town = await Town.found(mode, { EVENT_BURST: '100000', MAX_FAILED_ATTEMPTS: '100000' });
    await town.practice(CLINIC);
    doctor = await ofClinic('doctor');
    await granted(doctor.say('doctor-joined', {}));
  });

  afterEach(() => town.close());

  it('WHO-1 RELAY-3 AUTH-4 hears nothing of an hour in a clinic, whatever it guesses', async () => {
    const home = await town.practice('elsewhere');
    const strangers: Strangers = {
      patient: await town.comeIn(home, 'patient'),
      doctor: await town.comeIn(home, 'doctor'),
      answers: [],
    };
    const own = randomUUID();
    await granted(strangers.doctor.say('doctor-joined', {}));
    await granted(strangers.patient.say('create', { 'room-id': own, patientID: 'own' }));
    // In the clinic itself, and in no room of it.
    const visitor = await town.comeIn(CLINIC, 'guest');

    for (let minute = 0; minute < 60; minute += 1) {
      const one = await consult();
      await guess(strangers, one);
      await ENDINGS[minute % ENDINGS.length]?.(one);
      await guess(strangers, one);
      await town.service.pass(MINUTE_MS);
      one.guest.close();
      one.patient.close();
    }

    await Promise.all([strangers.patient, strangers.doctor, visitor].map((who) => who.caughtUp()));
    const codes = new Set(strangers.answers.map(({ code }) => code));
    expect(codes).toEqual(new Set(['peer-unreachable', 'room-not-found']));
    const forms = new Set(strangers.answers.map((answer) => JSON.stringify(answer)));
    expect(forms.size).toBe(codes.size);
    expect(visitor.names()).toEqual([]);
    expect(strangers.patient.names()).toEqual([]);
    expect(strangers.doctor.names()).toEqual(['new-patient']);
    for (const who of [strangers.patient, strangers.doctor, visitor]) {
      expect(secretsIn(who.heard)).toEqual([]);
    }
    expect(secretsIn(strangers.answers)).toEqual([]);
    const heardInClinic = JSON.stringify(doctor.heard);
    for (const { id } of [strangers.patient, strangers.doctor, visitor]) {
      expect(heardInClinic).not.toContain(id);
    }
  });

  it('RESUME-3 RESUME-6 becomes nobody else by a resume token', async () => {
    const { room, patient } = await consult();
    const real: string = patient.welcome['resume-token'];
    const home = await town.practice('elsewhere');
    patient.drop();
    await doctor.first('client-disconnected', (data) => data['client-id'] === patient.id);
    const guesses = [
      near(real),
      real.toLowerCase(),
      real.slice(1),
      randomBytes(32).toString('base64url'),
      '',
    ];
    for (const resume of guesses) {
      const thief = await town.service.join(
        CLINIC,
        await town.auth('patient', [CLINIC], { resume }),
      );
      expect(thief.welcome).toMatchObject({ resumed: false });
      await thief.caughtUp();
      expect(secretsIn(thief.heard)).toEqual([]);
    }
    // The right one, in the wrong place.
    const elsewhere = await town.service.join(
      home,
      await town.auth('patient', [home], { resume: real }),
    );
    expect(elsewhere.welcome).toMatchObject({ resumed: false });
    expect(secretsIn(elsewhere.heard)).toEqual([]);
    if (mode === 'jwt') await asSomebodyElse(real);
    expect(await stateOf(room)).toMatchObject({ state: 'in-consultation' });
  });

  it('AUTH-5 HTTP-7 finds no namespace and no room by trying', async () => {
    const { room } = await consult();
    const headers = await town.bearer('doctor', ['elsewhere']);
    const ids = [near(room), randomUUID(), CLINIC, doctor.id, ...(mode === 'jwt' ? [room] : [])];
    for (const id of ids) {
      const answer = await town.service.get(`/join-room?roomId=${id}`, headers);
      expect(await answer.json()).toMatchObject({ code: 'room-not-found' });
    }
    const names = ['Clinic', 'clini', 'clinic.', 'clinic:1', ...(mode === 'jwt' ? [CLINIC] : [])];
    for (const name of names) {
      const come = town.service.join(name, await town.auth('doctor', ['elsewhere']));
      await expect(come).rejects.toThrow('namespace-not-found');
      const answer = await town.service.get(`/check-availability?namespaceId=${name}`, headers);
      expect(await answer.json()).toMatchObject({ availability: false, 'queue-length': 0 });
    }
  });

  /** With the token of a patient of the same clinic who is somebody else. */
  async function asSomebodyElse(resume: string): Promise<void> {
    const thief = await town.service.join(CLINIC, await town.auth('patient', [CLINIC], { resume }));
    expect(thief.welcome).toMatchObject({ resumed: false });
    const without = town.service.join(CLINIC, { auth: { resume } });
    await expect(without).rejects.toThrow('token-missing');
  }

  async function stateOf(room: string): Promise<unknown> {
    const headers = await town.bearer('doctor', [CLINIC]);
    return (await town.service.get(`/join-room?roomId=${room}`, headers)).json();
  }
});

/** What of the clinic’s is found in there. */
function secretsIn(heard: unknown): string[] {
  const text = JSON.stringify(heard);
  return [...secrets].filter((one) => text.includes(one));
}
