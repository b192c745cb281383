import type { TestClient } from './clients.ts';
import { freshRoom, Practice } from './practice.ts';
import type { Service } from './service.ts';

/** What is told at most once a second: tests of who hears what leave it to the tests of the pace. */
const PACED = ['queue', 'queue-position'];

/** Everybody who could hear something and mostly should not, in two practices of one service. */
export interface FullHouse {
  practice: Practice;
  /** The room of `patient` and `companion`. */
  room: string;
  /** The room of `neighbour`. */
  nextRoom: string;
  doctor: TestClient;
  colleague: TestClient;
  /** Waits, and comes first. */
  patient: TestClient;
  /** A guest in the room of `patient`. */
  companion: TestClient;
  /** Waits in a room of its own. */
  neighbour: TestClient;
  /** Is connected and nothing else. */
  visitor: TestClient;
  strangeDoctor: TestClient;
  strangePatient: TestClient;
  /** Whatever was said has taken effect and was heard. */
  settled: () => Promise<void>;
  /** Which events each has heard since the last time it was asked, without the paced ones. */
  heard: () => Promise<Record<string, string[]>>;
}

type Cast = Omit<FullHouse, 'practice' | 'room' | 'nextRoom' | 'settled' | 'heard'>;

/** `metadata`: what the patient's page sends with `create`. */
export async function fullHouse(
  service: Service,
  metadata: Record<string, unknown> = {},
): Promise<FullHouse> {
  const [practice, elsewhere] = [await Practice.open(service), await Practice.open(service)];
  const [room, nextRoom] = [freshRoom(), freshRoom()];
  const doctor = await practice.doctor();
  const colleague = await practice.doctor();
  const patient = await practice.patient(room, metadata);
  const companion = await practice.companion(room);
  const neighbour = await practice.patient(nextRoom);
  const visitor = await practice.visitor();
  const strangeDoctor = await elsewhere.doctor();
  const strangePatient = await elsewhere.patient(freshRoom());
  const cast: Cast = {
    doctor,
    colleague,
    patient,
    companion,
    neighbour,
    visitor,
    strangeDoctor,
    strangePatient,
  };
  const settled = async (): Promise<void> => {
    await practice.settled();
    await elsewhere.settled();
  };
  await settled();
  return { practice, room, nextRoom, ...cast, settled, heard: listenTo(cast, settled) };
}

function listenTo(cast: Cast, settled: () => Promise<void>): FullHouse['heard'] {
  const seen = new Map<string, number>();
  const since = ([name, { heard }]: [string, TestClient]): [string, string[]] => {
    const fresh = heard.slice(seen.get(name) ?? 0).map(({ event }) => event);
    seen.set(name, heard.length);
    return [name, fresh.filter((event) => !PACED.includes(event))];
  };
  for (const one of Object.entries(cast)) since(one);
  return async () => {
    await settled();
    const all = Object.entries(cast).map((one) => since(one as [string, TestClient]));
    return Object.fromEntries(all.filter(([, events]) => events.length > 0));
  };
}
