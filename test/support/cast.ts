import { randomBytes, randomUUID } from 'node:crypto';
import type { ClientEvent } from '@telemedicine-signaling/protocol';
import { PARTICIPANTS, type Participant, type Position } from './access.ts';
import type { Hospital } from './hospital.ts';
import { Wire } from './wire.ts';

export type Connected = Exclude<Position, 'no token' | 'expired token'>;

export interface Person {
  role: Participant;
  position: Connected;
  wire: Wire;
  /** What this one came in with. */
  token: string;
  /** The consultation that this one is in. */
  room: string;
}

/** Where the people of one position are. */
interface Place {
  position: Connected;
  namespaceId: string;
  room: string;
  pinned: boolean;
}

/** What an event is about: a consultation, and those who are in it. */
export interface Target {
  room: string;
  ids: Readonly<Record<Participant, string>>;
}

/** Ids of the same length, of which none was ever given out. */
export const nobody = (): Target => {
  const id = () => randomBytes(15).toString('base64url');
  return { room: randomUUID(), ids: { doctor: id(), patient: id(), guest: id() } };
};

/** What `sender` says about the target. */
export function payloadOf(event: ClientEvent, { role, token }: Person, target: Target): object {
  const here = { 'room-id': target.room };
  const peer = role === 'doctor' ? target.ids.patient : target.ids.doctor;
  switch (event) {
    case 'doctor-joined':
    case 'refresh-ice-servers':
      return {};
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
 * tokens of its people are pinned to.
 */
export class Cast {
  readonly home: string;
  /** The consultation that is asked about. */
  readonly room: string;
  readonly people: readonly Person[];

  private constructor(home: string, room: string, people: readonly Person[]) {
    this.home = home;
    this.room = room;
    this.people = people;
  }

  static async gather(hospital: Hospital): Promise<Cast> {
    const [home, away] = [await hospital.practice(), await hospital.practice()];
    const places: Place[] = [
      { position: 'member', namespaceId: home, room: randomUUID(), pinned: false },
      { position: 'other room', namespaceId: home, room: randomUUID(), pinned: false },
      { position: 'other namespace', namespaceId: away, room: randomUUID(), pinned: false },
      { position: 'pinned to another room', namespaceId: home, room: randomUUID(), pinned: true },
    ];
    const people: Person[] = [];
    for (const place of places) people.push(...(await consultation(hospital, place)));
    const cast = new Cast(home, places[0]?.room ?? '', people);
    await cast.heard();
    return cast;
  }

  person(role: Participant, position: Connected): Person {
    const found = this.people.find((one) => one.role === role && one.position === position);
    if (found === undefined) throw new Error(`nobody is ${role} and ${position}`);
    return found;
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
  async heard(): Promise<{ person: Person; frames: string[] }[]> {
    await Promise.all(this.people.map(({ wire }) => wire.caughtUp()));
    return this.people
      .map((person) => ({ person, frames: person.wire.fresh().filter(isNews(person)) }))
      .filter(({ frames }) => frames.length > 0);
  }

  close(): void {
    for (const { wire } of this.people) wire.close();
  }
}

async function consultation(hospital: Hospital, place: Place): Promise<Person[]> {
  const { namespaceId, room, pinned, position } = place;
  const enter = async (role: Participant): Promise<Person> => {
    const wanted = { role, namespaces: [namespaceId], ...(pinned ? { room } : {}) };
    const token = await hospital.token({ ...wanted, subject: `${role} of ${room}` });
    const wire = await Wire.to(hospital.url, namespaceId, { token });
    return { role, position, room, token, wire };
  };
  const [doctor, patient, guest] = await Promise.all(PARTICIPANTS.map(enter));
  const here = { 'room-id': room };
  if (!pinned) await did(doctor, 'doctor-joined', {});
  await did(patient, 'create', { ...here, patientID: `patient of ${room}`, note: `about ${room}` });
  await did(doctor, 'join', here);
  await did(guest, 'join', here);
  return [doctor, patient, guest] as Person[];
}

async function did(person: Person | undefined, event: ClientEvent, payload: object): Promise<void> {
  const answer = await person?.wire.say(event, payload);
  if (!answer?.includes('"status":"ok"')) throw new Error(`${event}: ${answer}`);
}

/** How the waiting stands concerns the doctors of the practice, and the patient of the room. */
const isNews =
  ({ role, room, position, wire }: Person) =>
  (frame: string): boolean => {
    const [event, data] = JSON.parse(frame) as [string, Record<string, unknown>];
    const isHere = data['namespace-id'] === wire.namespaceId;
    if (event === 'queue') {
      return !(isHere && role === 'doctor' && position !== 'pinned to another room');
    }
    if (event === 'doctor-online') return !(isHere && role === 'patient');
    if (event === 'queue-position') return !(data['room-id'] === room && role === 'patient');
    return true;
  };
