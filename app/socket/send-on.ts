import type { Socket } from 'socket.io';
import type { Client } from '../data/session-data.ts';
import type { Perform } from '../outcome.ts';
import { patientOf } from '../rooms/room.ts';
import type { ArrivalParts } from './arrival.ts';
import { newResumeToken } from './resume-token.ts';

/**
 * Tells a client that was transferred over a half-open connection, and has come back to where it was,
 * where it is expected (SPEC DESK-7). Runs in the turn of that namespace, outside that of this one.
 */
export async function sendOn(
  parts: ArrivalParts & { perform: Perform },
  socket: Socket,
  { id, namespaceId }: Client,
): Promise<void> {
  parts.counts.resumes.add('transferred');
  const where = await parts.perform(namespaceId, async () => {
    const client = await parts.data.findClient(id);
    // It may have arrived there meanwhile: then this is an old page.
    const isAwaited = client?.namespaceId === namespaceId && client.leaseUntil !== null;
    return { reply: isAwaited ? await expectAnew(parts, client) : undefined, steps: [] };
  });
  if (where === undefined) socket.emit('superseded', { 'come-back': false });
  else socket.emit('transferred', where);
  socket.disconnect();
}

/** With a fresh token, since of the one before only the hash is known, and a whole window. */
async function expectAnew({ data, clock, windows }: ArrivalParts, client: Client) {
  const { token, hash } = newResumeToken();
  const leaseUntil = clock.now() + windows[client.role];
  await data.saveClient({ ...client, resumeHash: hash, leaseUntil });
  const room = (await data.roomsOf(client.id)).find((one) => patientOf(one) === client.id);
  return {
    ...(room === undefined ? {} : { 'room-id': room.id }),
    'client-id': client.id,
    'to-namespace-id': client.namespaceId,
    'resume-token': token,
  };
}
