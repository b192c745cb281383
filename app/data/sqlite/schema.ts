/** Marks a file as this server's ("TSIG"), so that another program's database is not written to. */
export const APPLICATION_ID = 0x54534947;

/**
 * One step a version, forward only; `PRAGMA user_version` says how many a file has seen. A step that
 * was released never changes: what is wrong with it is put right by the next one.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE store.namespaces (
    id          TEXT PRIMARY KEY,
    touched_at  INTEGER NOT NULL,
    arrivals    INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX store.namespaces_by_touch ON namespaces (touched_at);

  -- No reference to namespaces: an ended room is known for a while after its namespace is gone.
  -- members is JSON; patient_id too, because the driver cuts a text at a NUL that a page may send.
  CREATE TABLE store.rooms (
    id             TEXT PRIMARY KEY,
    namespace_id   TEXT,
    state          TEXT NOT NULL,
    version        INTEGER NOT NULL,
    members        TEXT NOT NULL,
    claimed_by     TEXT,
    knock_until    INTEGER,
    urgent         INTEGER NOT NULL,
    place          REAL NOT NULL,
    arrival        INTEGER,
    waiting_since  INTEGER,
    patient_id     TEXT,
    ready          TEXT,
    missed_knocks  INTEGER NOT NULL DEFAULT 0,
    created_at     INTEGER NOT NULL,
    changed_at     INTEGER NOT NULL,
    end_reason     TEXT,
    ended_by       TEXT
  ) STRICT, WITHOUT ROWID;
  -- A column in the condition of an index costs that index a page at each change of the column: hence
  -- state is only in those that would be long without it.
  CREATE INDEX store.rooms_waiting ON rooms (namespace_id, urgent DESC, place, arrival)
    WHERE state IN ('waiting', 'knocking');
  CREATE INDEX store.rooms_unused ON rooms (created_at) WHERE state = 'open';
  CREATE INDEX store.rooms_ended ON rooms (changed_at) WHERE state = 'ended';
  CREATE INDEX store.rooms_by_patient ON rooms (namespace_id, patient_id);
  CREATE INDEX store.rooms_by_claim ON rooms (claimed_by) WHERE claimed_by IS NOT NULL;
  CREATE INDEX store.rooms_by_knock ON rooms (knock_until) WHERE knock_until IS NOT NULL;

  -- Apart from its room, so that a change of state does not write up to 16 KiB again. An ended room has
  -- none, so nothing is left over when it is forgotten.
  CREATE TABLE store.room_entries (
    room_id  TEXT PRIMARY KEY,
    entry    TEXT NOT NULL
  ) STRICT;

  -- Who is in which room that has not ended: an index of rooms.members.
  CREATE TABLE store.room_members (
    client_id  TEXT NOT NULL,
    room_id    TEXT NOT NULL,
    PRIMARY KEY (client_id, room_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE store.clients (
    id             TEXT PRIMARY KEY,
    namespace_id   TEXT NOT NULL REFERENCES namespaces ON DELETE CASCADE,
    role           TEXT NOT NULL,
    generation     INTEGER NOT NULL,
    lease_until    INTEGER,
    resume_hash    TEXT,
    former_hash    TEXT,
    subject        TEXT,
    at_desk        INTEGER NOT NULL,
    held_overflow  INTEGER NOT NULL DEFAULT 0,
    held_offset    INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX store.clients_by_namespace ON clients (namespace_id, at_desk);
  CREATE INDEX store.clients_by_lease ON clients (lease_until) WHERE lease_until IS NOT NULL;
  CREATE INDEX store.clients_by_resume ON clients (resume_hash) WHERE resume_hash IS NOT NULL;
  CREATE INDEX store.clients_by_former ON clients (former_hash) WHERE former_hash IS NOT NULL;

  CREATE TABLE store.invitations (
    hash        TEXT PRIMARY KEY,
    request     TEXT NOT NULL,
    expires_at  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX store.invitations_by_expiry ON invitations (expires_at);

  CREATE TABLE store.held (
    seq        INTEGER PRIMARY KEY,
    client_id  TEXT NOT NULL REFERENCES clients ON DELETE CASCADE,
    bytes      INTEGER NOT NULL,
    message    TEXT NOT NULL,
    handed_out INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX store.held_by_client ON held (client_id, seq, bytes);

  -- No reference to rooms or namespaces: a record outlives both, and a room id may come again.
  -- moments is a JSON list, which grows at its end.
  CREATE TABLE store.consultations (
    id            INTEGER PRIMARY KEY,
    namespace_id  TEXT NOT NULL,
    room_id       TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    waited_from   INTEGER NOT NULL,
    admitted_at   INTEGER,
    admitted_by   TEXT,
    ended_at      INTEGER,
    end_reason    TEXT,
    ended_by      TEXT,
    moments       TEXT NOT NULL DEFAULT '[]'
  ) STRICT;
  CREATE INDEX store.consultations_by_room ON consultations (room_id) WHERE ended_at IS NULL;
  CREATE INDEX store.consultations_under_way ON consultations (namespace_id)
    WHERE ended_at IS NULL;
  CREATE INDEX store.consultations_by_day ON consultations (namespace_id, waited_from);
  CREATE INDEX store.consultations_ended ON consultations (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX store.consultations_measured ON consultations (namespace_id, ended_at)
    WHERE admitted_at IS NOT NULL AND end_reason IN ('doctor-ended', 'patient-ended');
  `,
  `
  -- Webhooks to be sent, in the order of n, and those that were. due_at is set for the first in the line
  -- of its room only.
  CREATE TABLE store.webhooks (
    n             INTEGER PRIMARY KEY,
    id            TEXT NOT NULL,
    type          TEXT NOT NULL,
    namespace_id  TEXT NOT NULL,
    room_id       TEXT NOT NULL,
    at            INTEGER NOT NULL,
    body          TEXT NOT NULL,
    state         TEXT NOT NULL,
    attempts      INTEGER NOT NULL,
    since         INTEGER NOT NULL,
    due_at        INTEGER,
    last_error    TEXT,
    settled_at    INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX store.webhooks_by_id ON webhooks (id);
  CREATE INDEX store.webhooks_due ON webhooks (due_at) WHERE due_at IS NOT NULL;
  CREATE INDEX store.webhooks_in_line ON webhooks (room_id, n) WHERE state = 'waiting';
  CREATE INDEX store.webhooks_by_room ON webhooks (room_id, n);
  CREATE INDEX store.webhooks_by_state ON webhooks (state, n);
  CREATE INDEX store.webhooks_settled ON webhooks (settled_at) WHERE settled_at IS NOT NULL;

  -- What was told of a consultation that lasts.
  CREATE TABLE store.webhook_rooms (
    room_id       TEXT PRIMARY KEY,
    namespace_id  TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    sequence      INTEGER NOT NULL,
    is_admitted   INTEGER NOT NULL,
    is_connected  INTEGER NOT NULL,
    is_soon_told  INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX store.webhook_rooms_by_namespace ON webhook_rooms (namespace_id);
  `,
];
