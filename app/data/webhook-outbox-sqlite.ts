import type Database from 'libsql';
import { attempt } from './sqlite/attempt.ts';
import { inTransaction, prepare } from './sqlite/query.ts';
import { type WebhookRow, webhookIn } from './sqlite/webhook-row.ts';
import type { WebhookWrites } from './sqlite/webhook-writes.ts';
import type { Webhook, WebhookOutbox, WebhookQuery } from './webhook-outbox.ts';

/** The port over the file of the session data, with whose changes most webhooks are put in. */
export function webhookOutboxIn(db: Database.Database, writes: WebhookWrites): WebhookOutbox {
  // Nothing is on its way now: whoever had the file before is gone.
  db.exec('UPDATE store.webhooks SET due_at = since WHERE due_at IS NOT NULL');

  const take = prepare<WebhookRow>(
    db,
    `UPDATE webhooks SET due_at = :until, attempts = attempts + 1 WHERE n =
       (SELECT n FROM webhooks WHERE due_at <= :now ORDER BY due_at LIMIT 1) RETURNING *`,
  );
  const thisTry = "id = :id AND state = 'waiting' AND attempts = :attempts";
  const settle = prepare(
    db,
    `UPDATE webhooks SET state = :state, due_at = NULL, settled_at = :now,
       last_error = coalesce(:lastError, last_error) WHERE ${thisTry}`,
  );
  const putOff = prepare(
    db,
    `UPDATE webhooks SET due_at = :dueAt, last_error = :lastError WHERE ${thisTry}`,
  );
  const nextIsDue = prepare(
    db,
    `UPDATE webhooks SET due_at = :now WHERE n =
       (SELECT min(n) FROM webhooks WHERE room_id = :roomId AND state = 'waiting') AND due_at IS NULL`,
  );
  const again = prepare<{ room_id: string }>(
    db,
    `UPDATE webhooks SET n = (SELECT max(n) + 1 FROM webhooks), state = 'waiting', attempts = 0,
       since = :now, settled_at = NULL WHERE id = :id AND state <> 'waiting' RETURNING room_id`,
  );
  const latest = (which: string) =>
    prepare<WebhookRow>(
      db,
      `SELECT * FROM webhooks WHERE ${which} AND n < :before ORDER BY n DESC LIMIT :limit`,
    );
  const ofState = latest('state = :state');
  const ofRoom = latest('room_id = :roomId');
  const forget = prepare(
    db,
    `DELETE FROM webhooks WHERE n IN
       (SELECT n FROM webhooks WHERE settled_at < :time ORDER BY settled_at LIMIT :limit)`,
  );

  function find(query: WebhookQuery): Webhook[] {
    const { limit, before: given } = query;
    const page = { limit, before: given ?? Number.MAX_SAFE_INTEGER };
    const rows =
      'state' in query
        ? ofState.all({ state: query.state, ...page })
        : ofRoom.all({ roomId: query.roomId, ...page });
    return rows.map(webhookIn);
  }

  return {
    take: (now, until) =>
      attempt(() => {
        const [row] = take.all({ now, until });
        return row && webhookIn(row);
      }),
    settle: ({ id, attempts, roomId }, now, how) =>
      attempt(() =>
        inTransaction(db, () => {
          const lastError = how.state === 'given-up' ? how.lastError : null;
          const isDone = settle.run({ id, attempts, now, state: how.state, lastError }) > 0;
          if (isDone) nextIsDue.run({ roomId, now });
          return isDone;
        }),
      ),
    putOff: ({ id, attempts }, dueAt, lastError) =>
      attempt(() => putOff.run({ id, attempts, dueAt, lastError }) > 0),
    noteConnected: (roomId, at) =>
      attempt(() => inTransaction(db, () => writes.noteConnected(roomId, at))),
    find: (query) => attempt(() => find(query)),
    putInAgain: (id, now) =>
      attempt(() =>
        inTransaction(db, () => {
          const [row] = again.all({ id, now });
          if (row !== undefined) nextIsDue.run({ roomId: row.room_id, now });
          return row !== undefined;
        }),
      ),
    forgetSettled: (time, limit) => attempt(() => void forget.run({ time, limit })),
  };
}
