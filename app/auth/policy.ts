import type { ClientEvent, Role } from '@telemedicine-signaling/protocol';
import { SignalingError } from '../errors/signaling-error.ts';

/** Role × event: who may send what (SPEC AUTH-1). An event without a row does not compile. */
export const EVENT_POLICY: Readonly<Record<ClientEvent, readonly Role[]>> = {
  'doctor-joined': ['doctor'],
  create: ['patient'],
  join: ['doctor', 'guest'],
  'ack-doctor-entered': ['patient'],
  'send-metadata': ['doctor', 'patient', 'guest'],
  offer: ['doctor', 'patient', 'guest'],
  answer: ['doctor', 'patient', 'guest'],
  'ice-candidate': ['doctor', 'patient', 'guest'],
  'doctor-rejected': ['doctor'],
  'patient-left': ['patient'],
  'doctor-ended': ['doctor'],
  'patient-ended': ['patient'],
  leave: ['doctor', 'patient', 'guest'],
};

/** @throws SignalingError `not-allowed` */
export function assertMaySend(role: Role, event: ClientEvent): void {
  if (!EVENT_POLICY[event].includes(role)) throw new SignalingError('not-allowed');
}
