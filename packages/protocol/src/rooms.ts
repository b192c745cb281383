/** The states of a room (SPEC ROOM-1): one consultation from its making to its end. */
export const ROOM_STATES = [
  'open',
  'waiting',
  'knocking',
  'in-consultation',
  'on-hold',
  'ended',
] as const;

export type RoomState = (typeof ROOM_STATES)[number];

/** Why a room ended (SPEC ROOM-8). */
export const END_REASONS = [
  'rejected',
  'patient-left',
  'doctor-ended',
  'patient-ended',
  'abandoned',
  'lost',
  'namespace-removed',
  'expired',
] as const;

export type EndReason = (typeof END_REASONS)[number];
