import type { Passed, RelayEvent } from '@telemedicine-signaling/protocol';
import { SignalingError } from '../errors/signaling-error.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import { withFrom } from './own-words.ts';
import { mayReach, type Session } from './session.ts';

export type Delivered = 'now' | 'held';

/**
 * The way of offer, answer, ICE candidate and metadata (SPEC RELAY-1): two look-ups, one check, one
 * write. It waits for nothing unless the peer's connection is lost.
 * @throws SignalingError `peer-unreachable`: the same whether the peer exists or not (SPEC RELAY-3)
 */
export function relay(
  directory: Directory,
  delivery: Delivery,
  sender: Session,
  event: RelayEvent | 'ack-doctor-entered',
  peerId: string,
  sent: Passed,
): Delivered | Promise<Delivered> {
  const peer = directory.get(peerId);
  if (peer === undefined || !mayReach(sender, peer)) throw new SignalingError('peer-unreachable');
  const data = withFrom(sent, sender.id);
  if (peer.socket === null) return delivery.send(peer, event, data).then(() => 'held');
  delivery.emit(peer, peer.socket, event, data);
  return 'now';
}
