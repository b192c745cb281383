import type { NotedConsultation } from '../../app/data/consultation-records.ts';
import type { Model } from './model.ts';
import type { Complaints } from './replay.ts';
import { NAMESPACES } from './rules.ts';
import type { Trial } from './trial.ts';

const ALL = { from: 0, until: Number.MAX_SAFE_INTEGER, roomId: null, skip: 0, limit: 1_000_000 };

/** RECORD-1, RECORD-2: each room that a patient is in has one record under way, which says how it stands. */
export async function wrongRecords({ model, records }: Trial): Promise<Complaints> {
  const complaints: Complaints = [];
  const told: string[] = [];
  for (const namespaceId of NAMESPACES) {
    for (const noted of await records.find({ namespaceId, ...ALL })) {
      if (noted.endedAt !== null) continue;
      told.push(`${noted.roomId} of ${namespaceId}: ${noted.clientId} ${stateOf(noted)}`);
      complaints.push(...wronglyLost(model, noted));
    }
  }
  const expected = [...model.rooms.values()]
    .filter(({ state }) => state !== 'open' && state !== 'ended')
    .map((room) => `${room.id} of ${room.namespaceId}: ${room.patient} ${room.state}`);
  if (told.sort().join('; ') !== expected.sort().join('; ')) {
    complaints.push(`records: ${told.join('; ')}; expected ${expected.join('; ')}`);
  }
  return complaints;
}

const stateOf = ({ moments }: NotedConsultation): string =>
  moments.reduce((state, one) => (one.fact === 'is' ? one.state : state), 'waiting');

/**
 * No patient and no guest is lost in a record who is in the room and connected. Not the other way round:
 * who was lost before the record began is not in it. And a doctor whose place a colleague took, and who
 * comes in again later, is not noted as being back.
 */
function wronglyLost(model: Model, { roomId, moments }: NotedConsultation): Complaints {
  const lost = new Set<string>();
  for (const moment of moments) {
    if (moment.fact === 'lost') lost.add(moment.clientId);
    else if (moment.fact === 'back') lost.delete(moment.clientId);
  }
  const isIn = (id: string) =>
    model.rooms.get(roomId)?.members.has(id) === true && model.client(id)?.role !== 'doctor';
  return [...lost]
    .filter((id) => isIn(id) && !model.isLost(id))
    .map((id) => `the record of ${roomId} says that ${id} is lost`);
}
