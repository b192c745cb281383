import type { Room, SessionData } from '../data/session-data.ts';

/** The room in which these two, a doctor and the patient, are in consultation; undefined if none is. */
export async function consultationOf(
  data: SessionData,
  clientId: string,
  peerId: string,
): Promise<string | undefined> {
  const rooms = await data.roomsOf(clientId);
  return rooms.find((room) => isBetween(room, [clientId, peerId]))?.id;
}

function isBetween({ state, members }: Room, clients: readonly string[]): boolean {
  const roles = members
    .filter(({ clientId }) => clients.includes(clientId))
    .map(({ role }) => role);
  return state === 'in-consultation' && roles.includes('doctor') && roles.includes('patient');
}
