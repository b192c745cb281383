import type { EndReason, ErrorCode, Role } from '@telemedicine-signaling/protocol';
import type { Time } from './session-data.ts';

/** What leaves a line in the audit trail (SPEC AUDIT-1); the last two are about the trail itself. */
export const AUDIT_ACTIONS = [
  'joined',
  'resumed',
  'refused',
  'entered',
  'knocked',
  'admitted',
  'transferred',
  'ended',
  'token-issued',
  'invitation-issued',
  'invitation-redeemed',
  'turn-issued',
  'namespace-created',
  'namespace-removed',
  'pruned',
  'lost',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

type Given<T> = T | null | undefined;

/** Who acted, as far as the server knows. */
export interface AuditWho {
  /**
   * `server` is the server itself, by the clock, `operator` whoever showed the operator's token; absent
   * where nobody has shown who they are.
   */
  role?: Given<Role | 'server' | 'operator'>;
  /** The subject of the access token. */
  subject?: Given<string>;
  'client-id'?: Given<string>;
  /** The address of the connection, in the form by which limits count. */
  from?: Given<string>;
}

/**
 * What happened, in the keys of the line that it leaves (SPEC AUDIT-2). Ids, codes and times only: no
 * name, no metadata, no SDP, no candidate, no token.
 */
export interface AuditFact extends AuditWho {
  action: AuditAction;
  /** `ok` where it is not given. */
  result?: Given<'ok' | ErrorCode>;
  'namespace-id'?: Given<string>;
  'room-id'?: Given<string>;
  /** Where a patient was transferred to. */
  'to-namespace-id'?: Given<string>;
  /** What was refused: `connect`, an event, or the address of a route. */
  asked?: Given<string>;
  /** Why a consultation ended. */
  reason?: Given<EndReason>;
  /** What a token or an invitation was made for. */
  'for-role'?: Given<Role>;
  'for-subject'?: Given<string>;
  namespaces?: Given<readonly string[]>;
  /** The token's `jti`. */
  'token-id'?: Given<string>;
  /** The same for the invitation's issue and its redemption, and of no use to redeem it. */
  'invitation-id'?: Given<string>;
  /** ISO 8601: how long what was issued is good. */
  'expires-at'?: Given<string>;
  /** How many more of the kind were only counted, since when (SPEC AUDIT-6, AUDIT-9). */
  count?: Given<number>;
  since?: Given<string>;
  /** The last line that retention removed, and its hash (SPEC AUDIT-5). */
  through?: Given<number>;
  'through-hash'?: Given<string>;
}

/** A line as it is stored: its number, and the whole of it as canonical JSON. */
export interface StoredLine {
  seq: number;
  line: string;
}

/** The last line's number and hash. */
export interface AuditHead {
  seq: number;
  hash: string;
}

/** The head of a log that no line was ever written to, and what its first line follows. */
export const EMPTY_HEAD: AuditHead = { seq: 0, hash: '0'.repeat(64) };

/** An audit log, to look at. Opening one does not keep a server from writing to it. */
export interface AuditReader {
  /** The lines after `seq`, in order, at most `limit`. */
  read(seq: number, limit: number): Promise<StoredLine[]>;
  /** What was noted beside the lines when the last one was written; undefined if that was removed. */
  head(): Promise<AuditHead | undefined>;
  close(): Promise<void>;
}

export interface Extension {
  lines: readonly StoredLine[];
  head: AuditHead;
}

/**
 * Where the audit trail is kept: lines are added at its end and removed at its beginning, never changed.
 * It knows nothing of what they say.
 */
export interface AuditLog extends AuditReader {
  /**
   * Adds what `extend` makes of the present head, moves the head, and removes the lines up to
   * `removeThrough`: all of it or nothing. When the promise has resolved, it survives SIGKILL.
   * @throws SignalingError `store-unavailable`
   */
  append(extend: (head: AuditHead) => Extension, removeThrough?: number): Promise<void>;
}

/** Something that happened, and when. */
export interface TimedFact {
  at: Time;
  fact: AuditFact;
}
