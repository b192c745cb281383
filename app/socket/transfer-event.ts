import type { ClientPayload } from '@telemedicine-signaling/protocol';
import { covers } from '../auth/access.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { patientOf } from '../rooms/room.ts';
import { transferAway, transferHere } from '../rooms/transfer.ts';
import { connectedIn } from './connected.ts';
import { newResumeToken } from './resume-token.ts';
import { assertMayDo, assertMayMean } from './rights.ts';
import { newSession, type Session } from './session.ts';
import { type EventParts, inTurn } from './turn.ts';

/**
 * `transfer`: first in the turn of the namespace that the patient leaves, then in that of the other one;
 * never in both at once, so that two transfers cannot wait for each other.
 */
export async function transferEvent(
  parts: EventParts,
  session: Session,
  sent: ClientPayload<'transfer'>,
): Promise<object> {
  const { data, rooms, windows, perform, directory, neighbours } = parts;
  const toNamespaceId = sent['to-namespace-id'];
  const transferParts = { ...rooms, newResumeToken, patientWindowMs: windows.patient };
  const room = await inTurn(parts, session, async () => {
    assertMayDo(session, 'transfer');
    assertMayMean(session, sent);
    // Where the token is not for, there is nothing, as far as its bearer can tell (SPEC AUTH-4).
    if (!covers(session.identity, toNamespaceId)) throw new SignalingError('namespace-not-found');
    const roomId = sent['room-id'];
    const isConnected = await connectedIn(parts, session.namespaceId);
    return transferAway(transferParts, session, roomId, toNamespaceId, isConnected);
  });
  return perform(toNamespaceId, async () => {
    const patient = await data.findClient(patientOf(room) ?? '');
    const isExpected = patient?.namespaceId === toNamespaceId;
    const isHere = isExpected && directory.get(patient.id) !== undefined;
    // Somebody has to have this client; it may have arrived at another node already.
    const isSomewhere =
      isHere || (patient && (await neighbours?.isHeardFrom(patient))) !== undefined;
    if (isExpected && !isSomewhere) directory.add(newSession(patient));
    return transferHere(rooms, room);
  });
}
