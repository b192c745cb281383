import { randomUUID } from 'node:crypto';
import type Database from 'libsql';
import type { ConsultationFact } from '../consultation-records.ts';
import type { Room, Time } from '../session-data.ts';
import {
  type NewWebhook,
  nothingTold,
  type Telling,
  type Told,
  tellConnected,
  tellFacts,
  tellTurn,
} from '../webhook-events.ts';
import { prepare } from './query.ts';
import { membersOf } from './room-row.ts';
import { type ToldRow, toldIn, toldRowOf } from './webhook-row.ts';

export type WebhookWrites = ReturnType<typeof webhookWrites>;

type InLine = { id: string; members: string } & (ToldRow | { [K in keyof ToldRow]: null });

/**
 * What puts webhooks into the store. Every function takes several steps: call it in a transaction.
 * @param turnSoon The first so many in a waiting room hear that their turn is near; 0: nobody.
 */
export function webhookWrites(db: Database.Database, { turnSoon }: { turnSoon: number }) {
  // What began or ended while no webhooks were sent.
  db.exec(`DELETE FROM store.webhook_rooms WHERE NOT EXISTS
    (SELECT 1 FROM store.rooms r WHERE r.id = room_id AND r.state <> 'ended')`);

  const find = prepare<ToldRow>(db, 'SELECT * FROM webhook_rooms WHERE room_id = :roomId');
  const findIn = prepare<ToldRow>(db, 'SELECT * FROM webhook_rooms WHERE namespace_id = :id');
  const put = prepare(
    db,
    `INSERT OR REPLACE INTO webhook_rooms
       VALUES (:room_id, :namespace_id, :client_id, :sequence, :is_admitted, :is_connected, :is_soon_told)`,
  );
  const drop = prepare(db, 'DELETE FROM webhook_rooms WHERE room_id = :roomId');
  const insert = prepare(
    db,
    `INSERT INTO webhooks
         (id, type, namespace_id, room_id, at, body, state, attempts, since, due_at)
       VALUES (:id, :type, :namespaceId, :roomId, :at, :body, 'waiting', 0, :at,
         iif(EXISTS (SELECT 1 FROM webhooks WHERE room_id = :roomId AND state = 'waiting'), NULL, :at))`,
  );
  const firstInLine = prepare<InLine>(
    db,
    `SELECT r.id, r.members, w.* FROM rooms r LEFT JOIN webhook_rooms w ON w.room_id = r.id
       WHERE r.namespace_id = :namespaceId AND r.state IN ('waiting', 'knocking')
       ORDER BY r.urgent DESC, r.place, r.arrival LIMIT :limit`,
  );

  function write(roomId: string, { told, webhooks }: Telling): void {
    if (told === null) drop.run({ roomId });
    else put.run(toldRowOf(told));
    for (const webhook of webhooks) add(webhook);
  }

  function add({ type, namespaceId, roomId, at, body }: NewWebhook): void {
    insert.run({ id: `evt_${randomUUID()}`, type, namespaceId, roomId, at, body });
  }

  function known(roomId: string): Told | undefined {
    const row = find.first({ roomId });
    return row && toldIn(row);
  }

  function tellTurns(namespaceId: string, at: Time): void {
    firstInLine.all({ namespaceId, limit: turnSoon }).forEach((row, ahead) => {
      if (row.is_soon_told === 1) return;
      const room = { id: row.id, namespaceId, members: membersOf(row) };
      const told = row.room_id === null ? nothingTold(room) : toldIn(row);
      write(room.id, tellTurn(told, ahead + 1, at));
    });
  }

  return {
    /** A room was stored at `at`, with these facts about it. */
    note(room: Room, facts: readonly ConsultationFact[], at: Time): void {
      const told = known(room.id);
      if (facts.length > 0) write(room.id, tellFacts(told ?? nothingTold(room), facts, at));
      if (turnSoon === 0) return;
      // Also those who waited behind it where it was before.
      for (const id of new Set([told?.namespaceId, room.namespaceId])) if (id) tellTurns(id, at);
    },

    /** The namespace is removed, and its rooms end with it. */
    endAllIn(id: string, at: Time): void {
      const ended: ConsultationFact = { fact: 'ended', reason: 'namespace-removed', by: null };
      for (const row of findIn.all({ id })) {
        write(row.room_id, tellFacts(toldIn(row), [ended], at));
      }
    },

    noteConnected(roomId: string, at: Time): void {
      const told = known(roomId);
      if (told !== undefined) write(roomId, tellConnected(told, at));
    },
  };
}
