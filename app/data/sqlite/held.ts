import type Database from 'libsql';
import type { Held, HeldBounds, HeldMessage } from '../session-data.ts';
import { prepare } from './query.ts';

/** Messages kept for clients. Every function takes several steps: call it in a transaction. */
export function heldIn(db: Database.Database) {
  const measure = prepare<{ overflow: 0 | 1; messages: number; bytes: number }>(
    db,
    `SELECT c.held_overflow AS overflow, count(h.seq) AS messages, coalesce(sum(h.bytes), 0) AS bytes
       FROM clients c LEFT JOIN held h ON h.client_id = c.id WHERE c.id = :clientId GROUP BY c.id`,
  );
  const append = prepare(
    db,
    'INSERT INTO held (client_id, bytes, message) VALUES (:clientId, :bytes, :message)',
  );
  const list = prepare<{ message: string }>(
    db,
    'SELECT message FROM held WHERE client_id = :clientId ORDER BY seq',
  );
  const drop = prepare(db, 'DELETE FROM held WHERE client_id = :clientId');
  const mark = prepare(db, 'UPDATE clients SET held_overflow = :overflow WHERE id = :clientId');

  return {
    /** A message counts with the UTF-8 bytes of its JSON text, event and data together. */
    add(clientId: string, message: HeldMessage, bounds: HeldBounds): boolean {
      const so = measure.first({ clientId });
      if (so === undefined || so.overflow === 1) return false;
      const text = JSON.stringify(message);
      const bytes = Buffer.byteLength(text);
      if (so.messages < bounds.messages && so.bytes + bytes <= bounds.bytes) {
        append.run({ clientId, bytes, message: text });
        return true;
      }
      drop.run({ clientId });
      mark.run({ clientId, overflow: 1 });
      return false;
    },

    take(clientId: string): Held {
      const overflow = measure.first({ clientId })?.overflow === 1;
      const messages = list.all({ clientId }).map((row) => JSON.parse(row.message) as HeldMessage);
      if (messages.length > 0) drop.run({ clientId });
      if (overflow) mark.run({ clientId, overflow: 0 });
      return { messages, overflow };
    },
  };
}
