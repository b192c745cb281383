export type { TokenSource } from './access.ts';
export type { Call, CallState, ChatMessage, Participant } from './call/call.ts';
export type { Quality } from './call/quality.ts';
export type { CallStatistics } from './call/statistics.ts';
export type { ConnectionState, ConnectOptions } from './connection.ts';
export type { Outcome } from './consultation.ts';
export {
  type Consultation,
  Desk,
  type DeskState,
  openDesk,
  type RestingConsultation,
  type WaitingPatient,
} from './desk.ts';
export { checkRelay, type RelayReach, type RelayTransport } from './devices/check-relay.ts';
export {
  type Device,
  listDevices,
  measureLevel,
  onDevicesChanged,
  openMedia,
} from './devices/devices.ts';
export { MediaProblem, type MediaProblemKind } from './devices/media-problem.ts';
export { type GuestState, GuestVisit, joinAsGuest } from './guest-visit.ts';
export { createNamespace, fetchIceServers, redeemInvitation } from './http.ts';
export type { ReconnectPolicy } from './reconnect-policy.ts';
export { type ClientErrorCode, SignalingError } from './signaling-error.ts';
export { enterWaitingRoom, Visit, type VisitOptions, type VisitState } from './visit.ts';
