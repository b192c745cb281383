import type { ClientEvent, Role } from '@telemedicine-signaling/protocol';

const CLAIMS: Partial<Record<ClientEvent, Role>> = {
  'doctor-joined': 'doctor',
  create: 'patient',
};

/**
 * In open access a client is what it says (SPEC AUTH-2): `doctor-joined` makes a doctor, `create` a
 * patient. Who is in a room keeps the role that it came with, and a doctor stays one.
 */
export function claimedRole(role: Role, event: ClientEvent, isInRoom: boolean): Role {
  if (role === 'doctor' || isInRoom) return role;
  return CLAIMS[event] ?? role;
}
