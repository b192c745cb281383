import { randomBytes, randomUUID } from 'node:crypto';
import type { ClientEvent } from '@telemedicine-signaling/protocol';
import type { MintRequest } from '../../app/auth/mint.ts';
import { type Connected, PARTICIPANTS, type Participant } from './access.ts';
import type { Hospital } from './hospital.ts';
import { Wire } from './wire.ts';

type Standing = Connected | 'in the waiting room';

export interface Person {
  role: Participant;
  position: Standing;
  wire: Wire;
  /** What this one came in with. */
  token: string;
  /** The consultation that this one is in. */
  room: string;
}

export interface Heard {
  person: Person;
  /** An event with its data, as it came. */
  frame: string;
}

/** For a message of a test that fails. */
export const inWords = (heard: readonly Heard[]): string[] =>
  heard.map(({ person: { role, position }, frame }) => `${role}, ${position}: ${frame}`);

/** Where the people of one position are. */
interface Place {
  position: Standing;
  namespaceId: string;
  room: string;
  /** What their tokens say of namespaces and rooms. */
  grant: Pick<MintRequest, 'namespaces' | 'room'>;
}

/** What an event is about: a consultation, and those who are in it. */
export interface Target {
  /** Where a patient can be transferred to. */
  branch: string;
  room: string;
  /** The room of a patient who waits. */
  waitingRoom: string;
  ids: Readonly<Record<Participant, string>>;
}

/** Ids of the same length, of which none was ever given out. */
export const nobodyOf = ({ branch }: Target): Target => {
  const id = () => randomBytes(15).toString('base64url');
  const ids = { doctor: id(), patient: id(), guest: id() };
  return { branch, room: randomUUID(), waitingRoom: randomUUID(), ids };
};

/** What `sender` says about the target. */
export function payloadOf(event: ClientEvent, { role, token }: Person, target: Target): object {
  const here = { 'room-id': target.room };
  const peer = role === 'patient' ? target.ids.guest : target.ids.patient;
  switch (event) {
    case 'doctor-joined':
    case 'call-next':
    case 'refresh-ice-servers':
      return {};
    case 'call-report':
      return { 'set-up': false };
    case 'ready':
      return { camera: true, microphone: true };
    case 'message-to-waiting':
      return { text: 'Soon.' };
    case 'set-priority':
      return { 'room-id': target.waitingRoom, urgent: true };
    case 'transfer':
      return { ...here, 'to-namespace-id': target.branch };
    case 'refresh-token':
      return { token };
    case 'ack-doctor-entered':
      return { 'client-id': target.ids.doctor };
    case 'send-metadata':
    case 'offer':
    case 'answer':
    case 'ice-candidate':
      return { 'peer-id': peer };
    default:
      return here;
  }
}

/**
 * Two practices with four consultations, each of a doctor, a patient and a guest: the one that all
 * questions are about, another one in the same practice, one in another practice, and one that the
 * tokens of its people are pinned to. In either practice one more patient waits.
 */
export class Cast implements Target {
  readonly home: string;
  readonly branch: string;
  readonly people: readonly Person[];

  private constructor(home: string, branch: string, people: readonly Person[]) {
    this.home = home;
    this.branch = branch;
    this.people = people;
  }

  static async gather(hospital: Hospital): Promise<Cast> {
    const [home, away, branch] = await Promise.all([1, 2, 3].map(() => hospital.practice()));
    if (home === undefined || away === undefined || branch === undefined) throw new Error();
    const at = (position: Standing, namespaceId: string): Place => {
      const grant = { namespaces: [namespaceId, branch] };
      return { position, namespaceId, room: randomUUID(), grant };
    };
    const places = [at('member', home), at('other room', home), at('other namespace', away)];
    const pinned = at('pinned to another room', home);
    const people: Person[] = [];
    for (const place of places) people.push(...(await consultation(hospital, place)));
    const pin = { ...pinned.grant, room: pinned.room };
    people.push(...(await consultation(hospital, { ...pinned, grant: pin })));
    for (const namespaceId of [home, away]) {
      people.push(await oneWhoWaits(hospital, at('in the waiting room', namespaceId)));
    }
    const cast = new Cast(home, branch, people);
    await cast.heard();
    return cast;
  }

  /** The first of them; of those who wait, the one in the practice that is asked about. */
  person(role: Participant, position: Standing): Person {
    const found = this.people.find((one) => one.role === role && one.position === position);
    if (found === undefined) throw new Error(`nobody is ${role} and ${position}`);
    return found;
  }

  /** The consultation that is asked about. */
  get room(): string {
    return this.person('doctor', 'member').room;
  }

  get waitingRoom(): string {
    return this.person('patient', 'in the waiting room').room;
  }

  /** The client-ids in the consultation that is asked about. */
  get ids(): Readonly<Record<Participant, string>> {
    const idOf = (role: Participant) => this.person(role, 'member').wire.id;
    return { doctor: idOf('doctor'), patient: idOf('patient'), guest: idOf('guest') };
  }

  /**
   * What each has heard since this was last asked, but for what tells people how their own waiting
   * stands, which comes when it comes.
   */
  async heard(): Promise<Heard[]> {
    await Promise.all(this.people.map(({ wire }) => wire.caughtUp()));
    return this.people.flatMap((person) =>
      person.wire
        .fresh()
        .filter(isNews(person))
        .map((frame) => ({ person, frame })),
    );
  }

  close(): void {
    for (const { wire } of this.people) wire.close();
  }
}

async function consultation(hospital: Hospital, place: Place): Promise<Person[]> {
  const [doctor, patient, guest] = await Promise.all(
    PARTICIPANTS.map((role) => comeIn(hospital, place, role)),
  );
  const here = { 'room-id': place.room };
  if (place.grant.room === undefined) await did(doctor, 'doctor-joined', {});
  await did(patient, 'create', { ...here, patientID: `patient of ${place.room}` });
  await did(doctor, 'join', here);
  await did(guest, 'join', here);
  return [doctor, patient, guest] as Person[];
}

async function oneWhoWaits(hospital: Hospital, place: Place): Promise<Person> {
  const patient = await comeIn(hospital, place, 'patient');
  await did(patient, 'create', { 'room-id': place.room, patientID: `patient of ${place.room}` });
  return patient;
}

async function comeIn(
  hospital: Hospital,
  { namespaceId, room, position, grant }: Place,
  role: Participant,
): Promise<Person> {
  const token = await hospital.token({ role, ...grant, subject: `${role} of ${room}` });
  const wire = await Wire.to(hospital.url, namespaceId, { token });
  return { role, position, room, token, wire };
}

async function did(person: Person | undefined, event: ClientEvent, payload: object): Promise<void> {
  const answer = await person?.wire.say(event, payload);
  if (!answer?.includes('"status":"ok"')) throw new Error(`${event}: ${answer}`);
}

/** How the waiting stands concerns the doctors of the practice, and the patient of the room. */
const isNews =
  ({ role, room, position, wire }: Person) =>
  (frame: string): boolean => {
    // The end of the connection is news, too.
    if (!frame.startsWith('[')) return true;
    const [event, data] = JSON.parse(frame) as [string, Record<string, unknown>];
    const isHere = data['namespace-id'] === wire.namespaceId;
    if (event === 'queue') {
      return !(isHere && role === 'doctor' && position !== 'pinned to another room');
    }
    if (event === 'doctor-online') return !(isHere && role === 'patient');
    if (event === 'queue-position') return !(data['room-id'] === room && role === 'patient');
    return true;
  };
