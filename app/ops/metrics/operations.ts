import type { ConsultationRecords } from '../../data/consultation-records.ts';
import type { SessionData } from '../../data/session-data.ts';

export type StoreOperation = Exclude<keyof SessionData | keyof ConsultationRecords, 'close'>;

/** Whether a call of the store changes it: one that is new does not compile until it stands here. */
export const OPERATIONS: Readonly<Record<StoreOperation, 'read' | 'write'>> = {
  createNamespace: 'write',
  hasNamespace: 'read',
  touchNamespace: 'write',
  namespacesUnusedSince: 'read',
  removeNamespace: 'write',
  createRoom: 'write',
  findRoom: 'read',
  saveRoom: 'write',
  waitingRooms: 'read',
  countWaiting: 'read',
  countAhead: 'read',
  roomsOf: 'read',
  roomsClaimedBy: 'read',
  roomsOfPatient: 'read',
  roomsKnockedUntil: 'read',
  roomsUnusedSince: 'read',
  forgetEndedRooms: 'write',
  saveClient: 'write',
  findClient: 'read',
  findClientByResume: 'read',
  findClientByFormerResume: 'read',
  clientsOf: 'read',
  clientsLeasedUntil: 'read',
  forgetClient: 'write',
  loseAllClients: 'write',
  countDoctors: 'read',
  hold: 'write',
  handOutHeld: 'write',
  dropHandedOut: 'write',
  keepInvitation: 'write',
  takeInvitation: 'write',
  forgetExpiredInvitations: 'write',
  tidy: 'write',
  note: 'write',
  find: 'read',
  lengths: 'read',
  forgetEnded: 'write',
};

export const STORE_OPERATIONS = Object.keys(OPERATIONS) as StoreOperation[];
