import type {
  EndReason,
  Passed,
  Readiness,
  Role,
  RoomState,
} from '@telemedicine-signaling/protocol';
import type { ConsultationFact } from './consultation-records.ts';

/** Milliseconds since 1970-01-01T00:00Z, as the injected clock tells them. */
export type Time = number;

export interface Member {
  clientId: string;
  role: Role;
}

/** One consultation: who is in it, how far it has come, and its place in the waiting room. */
export interface Room {
  id: string;
  /** `null` until a patient first enters a room that was made without a namespace. */
  namespaceId: string | null;
  state: RoomState;
  /** Grows by one at every `saveRoom`: what compare-and-set compares. */
  version: number;
  /** The clients in it, in the order of their coming. */
  members: Member[];
  /** The doctor who knocks, or who holds the consultation. */
  claimedBy: string | null;
  /** When an unanswered knock is over; `null` while nobody knocks. */
  knockUntil: Time | null;
  /** Urgent patients come before all others. */
  urgent: boolean;
  /** Place among those of the same urgency, smallest first: the time of arrival unless it was moved. */
  place: number;
  /** Breaks ties of `place`: given by the store at the first waiting, growing within a namespace. */
  arrival: number | null;
  /** When the patient began to wait; unchanged by a consultation that was interrupted. */
  waitingSince: Time | null;
  /** What works on the patient's side, as its page found out; `null` until it did. */
  ready: Readiness | null;
  /** Knocks that nobody answered. */
  missedKnocks: number;
  /** What the patient's page sent with `create`; gone when the room has ended. */
  entry: Passed | null;
  /** The `patientID` (or `patient-id`) of `entry`, as text; gone with it. */
  patientId: string | null;
  createdAt: Time;
  changedAt: Time;
  endReason: EndReason | null;
  endedBy: Role | null;
}

/** A participant's session in one namespace, which outlives its connections. */
export interface Client {
  id: string;
  namespaceId: string;
  role: Role;
  /** Counts its connections: what an older one still says or loses does not count. */
  generation: number;
  /** End of the reconnect window; `null` while connected. */
  leaseUntil: Time | null;
  /** SHA-256 of the resume token that is good now, in hex. */
  resumeHash: string | null;
  /** The token before it, good still if the client may never have heard of the one that is good now. */
  formerResumeHash: string | null;
  /** Who it is in the hospital's words, by its access token; `null` in open access. */
  subject: string | null;
  /** A doctor who has said `doctor-joined`: one of those who hear of the waiting room. */
  atDesk: boolean;
}

/** A message kept for a client within its window. */
export interface HeldMessage {
  event: string;
  data: unknown;
}

export interface HeldBounds {
  messages: number;
  bytes: number;
}

export interface Held {
  messages: HeldMessage[];
  /** More came than the bounds allow: the client has to ask for the state anew. */
  overflow: boolean;
}

/**
 * What has to outlive a connection, a process or a machine.
 *
 * For every method: when its promise has resolved, the effect survives SIGKILL of this process; calls
 * of one process take effect in the order in which they were made; an error is a
 * `SignalingError('store-unavailable')` and then nothing was changed. Rooms and clients handed out are
 * the caller's own copies. A method is atomic unless its comment says otherwise; those that concern many
 * namespaces may take one after the other.
 */
export interface SessionData {
  /** True if it is new, false if it was there. */
  createNamespace(id: string, now: Time): Promise<boolean>;
  hasNamespace(id: string): Promise<boolean>;
  /** Notes that the namespace is in use. Does nothing if it is gone. */
  touchNamespace(id: string, now: Time): Promise<void>;
  /** Namespaces last touched before `time` that have neither a live room nor a client. */
  namespacesUnusedSince(time: Time): Promise<string[]>;
  /**
   * Removes the namespace, ends its live rooms and their records (`namespace-removed`), forgets its
   * clients and what was held for them. Answers the rooms as they were before, in waiting order first; undefined if there
   * was no such namespace.
   */
  removeNamespace(id: string, now: Time): Promise<Room[] | undefined>;

  /** Stores a room that is new. False if the id is taken, or its namespace does not exist. */
  createRoom(room: Room): Promise<boolean>;
  findRoom(id: string): Promise<Room | undefined>;
  /**
   * Stores `room` if the stored version is `room.version` still, under the next version; gives it an
   * `arrival` when it waits for the first time; drops `entry` and `patientId` when it has ended. Answers the room as
   * stored; undefined if another change came first, the room is gone, or its namespace is. What is
   * stored takes its `facts` along into the record of the consultation, at `changedAt`; a room that goes to
   * another namespace ends its record in the first. With `client`, that is stored together with the room, or
   * neither is: both have to come from the same namespace, or be in the one that they come to.
   */
  saveRoom(
    room: Room,
    facts?: readonly ConsultationFact[],
    client?: Client,
  ): Promise<Room | undefined>;
  /** The rooms whose patients wait (`waiting`, `knocking`): urgent first, then place, then arrival. */
  waitingRooms(namespaceId: string): Promise<Room[]>;
  countWaiting(namespaceId: string): Promise<number>;
  /** How many wait before this room, which waits itself. */
  countAhead(room: Room): Promise<number>;
  /** The rooms, not ended, of which the client is a member. */
  roomsOf(clientId: string): Promise<Room[]>;
  /** The rooms, not ended, that the client holds a claim on. */
  roomsClaimedBy(clientId: string): Promise<Room[]>;
  /** The rooms of a namespace, not ended, whose patient gave this `patientId`. */
  roomsOfPatient(namespaceId: string, patientId: string): Promise<Room[]>;
  /** Rooms whose knock was over at `now`, at most `limit`. */
  roomsKnockedUntil(now: Time, limit: number): Promise<Room[]>;
  /** Rooms in state `open` that were made before `time`, at most `limit`. */
  roomsUnusedSince(time: Time, limit: number): Promise<Room[]>;
  /** Forgets ended rooms last changed before `time`. */
  forgetEndedRooms(time: Time): Promise<void>;

  /** Stores a client, new or known. Does nothing if its namespace is gone. */
  saveClient(client: Client): Promise<void>;
  findClient(id: string): Promise<Client | undefined>;
  /** By either of its resume hashes. */
  findClientByResume(namespaceId: string, resumeHash: string): Promise<Client | undefined>;
  /** By the former one of its resume hashes, in whatever namespace it is now. */
  findClientByFormerResume(resumeHash: string): Promise<Client | undefined>;
  /** All clients of a namespace, connected or within their window. */
  clientsOf(namespaceId: string): Promise<Client[]>;
  /** Clients whose window had ended at `now`, at most `limit`, earliest first. */
  clientsLeasedUntil(now: Time, limit: number): Promise<Client[]>;
  /** Forgets a client and what was held for it. */
  forgetClient(id: string): Promise<void>;
  /**
   * After a restart nobody is connected: every client has a whole window from `now` on, given per role
   * in milliseconds; nobody could come back while the server was down.
   */
  loseAllClients(now: Time, windows: Readonly<Record<Role, number>>): Promise<void>;
  /** Doctors at the desk of a namespace, connected or within their window. */
  countDoctors(namespaceId: string): Promise<number>;

  /** Keeps a message for a client within its window. False if it overflowed: the first that does drops all. */
  hold(clientId: string, message: HeldMessage, bounds: HeldBounds): Promise<boolean>;
  /**
   * Hands out what is held for a client, in the order in which it came. It stays until `dropHandedOut`:
   * what is written to a connection may never leave a process that is killed. Of what was handed out
   * before, on the connection before this one, it leaves out what the client has heard since.
   * @param heard how many messages the client heard on that connection
   * @param behind how many others it is sent on this one before these; what is left out now was heard,
   * or is the last of those others
   */
  handOutHeld(clientId: string, heard: number, behind: number): Promise<Held>;
  /** Forgets what was handed out to a client, and that it overflowed: the client knows. */
  dropHandedOut(clientId: string): Promise<void>;

  /** Keeps what an invitation stands for, under the hash of its secret. */
  keepInvitation(hash: string, request: string, expiresAt: Time): Promise<void>;
  /** What the invitation stands for, to one caller only; undefined if it is unknown, taken or expired. */
  takeInvitation(hash: string, now: Time): Promise<string | undefined>;
  forgetExpiredInvitations(now: Time): Promise<void>;

  /**
   * Housekeeping, to be called about once a second: what was dropped a minute before `now` (what a
   * patient sent, held messages, forgotten clients, spent invitations) is nowhere on the disk any more.
   */
  tidy(now: Time): Promise<void>;

  close(): Promise<void>;
}
