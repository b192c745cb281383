import type Database from 'libsql';
import type { ConsultationFact } from './consultation-records.ts';
import type {
  Client,
  Held,
  HeldBounds,
  HeldMessage,
  Room,
  SessionData,
  Time,
} from './session-data.ts';
import { attempt } from './sqlite/attempt.ts';
import { clientsIn } from './sqlite/clients.ts';
import { type ConsultationWrites, consultationWrites } from './sqlite/consultation-writes.ts';
import { heldIn } from './sqlite/held.ts';
import { invitationsIn } from './sqlite/invitations.ts';
import { namespacesIn } from './sqlite/namespaces.ts';
import { closeStoreFile, openStoreFile } from './sqlite/open-file.ts';
import { inTransaction } from './sqlite/query.ts';
import { roomReads } from './sqlite/room-reads.ts';
import { roomWrites } from './sqlite/room-writes.ts';
import type { WebhookWrites } from './sqlite/webhook-writes.ts';
import { logEmptier } from './sqlite/wipe.ts';

/**
 * Opens the store in `signaling.db` under `dataDir`, which is made if it is not there.
 * @throws StoreOpenError which says what to do; the file is as it was
 */
export async function openSqliteSessionData({
  dataDir,
}: {
  dataDir: string;
}): Promise<SessionData> {
  const db = openStoreFile(dataDir);
  return new SqliteSessionData(db, consultationWrites(db, true));
}

/**
 * The port over one SQLite file (SPEC STORE). The driver is synchronous: a call has taken effect when it
 * returns its promise, and what takes several statements runs in one transaction.
 */
export class SqliteSessionData implements SessionData {
  readonly #db: Database.Database;
  readonly #namespaces;
  readonly #rooms;
  readonly #roomWrites;
  readonly #clients;
  readonly #held;
  readonly #invitations;
  readonly #consultations: ConsultationWrites;
  readonly #webhooks: WebhookWrites | undefined;
  readonly #emptyLog: (now: Time) => void;
  #isOpen = true;

  constructor(
    db: Database.Database,
    consultations: ConsultationWrites,
    webhooks?: WebhookWrites | undefined,
  ) {
    this.#db = db;
    this.#namespaces = namespacesIn(db);
    this.#rooms = roomReads(db);
    this.#roomWrites = roomWrites(db, this.#namespaces);
    this.#clients = clientsIn(db);
    this.#held = heldIn(db);
    this.#invitations = invitationsIn(db);
    this.#consultations = consultations;
    this.#webhooks = webhooks;
    this.#emptyLog = logEmptier(db);
  }

  createNamespace(id: string, now: Time): Promise<boolean> {
    return this.#one(() => this.#namespaces.create(id, now));
  }

  hasNamespace(id: string): Promise<boolean> {
    return this.#one(() => this.#namespaces.has(id));
  }

  touchNamespace(id: string, now: Time): Promise<void> {
    return this.#one(() => this.#namespaces.touch(id, now));
  }

  namespacesUnusedSince(time: Time): Promise<string[]> {
    return this.#one(() => this.#namespaces.unusedSince(time));
  }

  removeNamespace(id: string, now: Time): Promise<Room[] | undefined> {
    return this.#all(() => {
      if (!this.#namespaces.remove(id)) return undefined;
      const rooms = this.#rooms.liveIn(id);
      this.#roomWrites.endAll(rooms, now);
      this.#consultations.endAllIn(id, now);
      this.#webhooks?.endAllIn(id, now);
      return rooms;
    });
  }

  createRoom(room: Room): Promise<boolean> {
    return this.#all(() => this.#roomWrites.create(room));
  }

  findRoom(id: string): Promise<Room | undefined> {
    return this.#one(() => this.#rooms.find(id));
  }

  saveRoom(
    room: Room,
    facts: readonly ConsultationFact[] = [],
    client?: Client,
  ): Promise<Room | undefined> {
    return this.#all(() => {
      const saved = this.#roomWrites.save(room);
      if (saved === undefined) return undefined;
      this.#consultations.note(room.id, room.changedAt, facts);
      this.#webhooks?.note(saved, facts, room.changedAt);
      if (client !== undefined) this.#clients.save(client);
      return saved;
    });
  }

  waitingRooms(namespaceId: string): Promise<Room[]> {
    return this.#one(() => this.#rooms.waiting(namespaceId));
  }

  countWaiting(namespaceId: string): Promise<number> {
    return this.#one(() => this.#rooms.countWaiting(namespaceId));
  }

  countAhead(room: Room): Promise<number> {
    return this.#one(() => this.#rooms.countAhead(room.id));
  }

  roomsOf(clientId: string): Promise<Room[]> {
    return this.#one(() => this.#rooms.ofMember(clientId));
  }

  roomsClaimedBy(clientId: string): Promise<Room[]> {
    return this.#one(() => this.#rooms.claimedBy(clientId));
  }

  roomsOfPatient(namespaceId: string, patientId: string): Promise<Room[]> {
    return this.#one(() => this.#rooms.ofPatient(namespaceId, patientId));
  }

  roomsKnockedUntil(now: Time, limit: number): Promise<Room[]> {
    return this.#one(() => this.#rooms.knockedUntil(now, limit));
  }

  roomsUnusedSince(time: Time, limit: number): Promise<Room[]> {
    return this.#one(() => this.#rooms.unusedSince(time, limit));
  }

  forgetEndedRooms(time: Time): Promise<void> {
    return this.#one(() => this.#roomWrites.forgetEnded(time));
  }

  saveClient(client: Client): Promise<void> {
    return this.#one(() => this.#clients.save(client));
  }

  findClient(id: string): Promise<Client | undefined> {
    return this.#one(() => this.#clients.find(id));
  }

  findClientByResume(namespaceId: string, resumeHash: string): Promise<Client | undefined> {
    return this.#one(() => this.#clients.findByResume(namespaceId, resumeHash));
  }

  findClientByFormerResume(resumeHash: string): Promise<Client | undefined> {
    return this.#one(() => this.#clients.findByFormerResume(resumeHash));
  }

  clientsOf(namespaceId: string): Promise<Client[]> {
    return this.#one(() => this.#clients.inNamespace(namespaceId));
  }

  clientsLeasedUntil(now: Time, limit: number): Promise<Client[]> {
    return this.#one(() => this.#clients.leasedUntil(now, limit));
  }

  forgetClient(id: string): Promise<void> {
    return this.#one(() => this.#clients.forget(id));
  }

  loseAllClients(now: Time, windows: Parameters<SessionData['loseAllClients']>[1]): Promise<void> {
    return this.#all(() => {
      this.#clients.loseAll(now, windows);
      this.#consultations.loseAll(now);
    });
  }

  countDoctors(namespaceId: string): Promise<number> {
    return this.#one(() => this.#clients.countDoctors(namespaceId));
  }

  hold(clientId: string, message: HeldMessage, bounds: HeldBounds): Promise<boolean> {
    return this.#all(() => this.#held.add(clientId, message, bounds));
  }

  handOutHeld(clientId: string, heard: number, behind: number): Promise<Held> {
    return this.#one(() =>
      // Most have nothing, and a transaction costs several times as much as a look.
      this.#held.hasAny(clientId)
        ? inTransaction(this.#db, () => this.#held.handOut(clientId, heard, behind))
        : { messages: [], overflow: false },
    );
  }

  dropHandedOut(clientId: string): Promise<void> {
    return this.#all(() => this.#held.dropHandedOut(clientId));
  }

  keepInvitation(hash: string, request: string, expiresAt: Time): Promise<void> {
    return this.#one(() => this.#invitations.keep(hash, request, expiresAt));
  }

  takeInvitation(hash: string, now: Time): Promise<string | undefined> {
    return this.#one(() => this.#invitations.take(hash, now));
  }

  forgetExpiredInvitations(now: Time): Promise<void> {
    return this.#one(() => this.#invitations.forgetExpired(now));
  }

  tidy(now: Time): Promise<void> {
    return this.#one(() => this.#emptyLog(now));
  }

  close(): Promise<void> {
    if (this.#isOpen) closeStoreFile(this.#db);
    this.#isOpen = false;
    return Promise.resolve();
  }

  /** One statement, which is atomic by itself. */
  #one<T>(work: () => T): Promise<T> {
    return attempt(work);
  }

  /** Several statements, of which all take effect or none. */
  #all<T>(work: () => T): Promise<T> {
    return attempt(() => inTransaction(this.#db, work));
  }
}
