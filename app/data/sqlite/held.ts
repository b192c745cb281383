import type Database from 'libsql';
import type { Held, HeldBounds, HeldMessage } from '../session-data.ts';
import { prepare } from './query.ts';

/** Messages kept for clients. Every function takes several steps: call it in a transaction. */
export function heldIn(db: Database.Database) {
  const measure = prepare<{ overflow: 0 | 1; offset: number; messages: number; bytes: number }>(
    db,
    `SELECT c.held_overflow AS overflow, c.held_offset AS offset, count(h.seq) AS messages, coalesce(sum(h.bytes), 0) AS bytes
       FROM clients c LEFT JOIN held h ON h.client_id = c.id WHERE c.id = :clientId GROUP BY c.id`,
  );
  const append = prepare(
    db,
    'INSERT INTO held (client_id, bytes, message) VALUES (:clientId, :bytes, :message)',
  );
  const list = prepare<{ message: string; handedOut: 0 | 1 }>(
    db,
    'SELECT message, handed_out AS handedOut FROM held WHERE client_id = :clientId ORDER BY seq',
  );
  const handOut = prepare(
    db,
    'UPDATE held SET handed_out = 1 WHERE client_id = :clientId AND handed_out = 0',
  );
  const place = prepare(db, 'UPDATE clients SET held_offset = :offset WHERE id = :clientId');
  const dropHandedOut = prepare(
    db,
    'DELETE FROM held WHERE client_id = :clientId AND handed_out = 1',
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

    /** Whether there is anything to hand out to this client. */
    hasAny(clientId: string): boolean {
      const so = measure.first({ clientId });
      return so !== undefined && (so.messages > 0 || so.overflow === 1);
    },

    /**
     * The n-th of those that were handed out before was message n + `offset` of its connection. So it is
     * also when some were left out then, be it that they had arrived or that they came before these.
     */
    handOut(clientId: string, heard: number, behind: number): Held {
      const so = measure.first({ clientId });
      if (so === undefined) return { messages: [], overflow: false };
      const rows = list.all({ clientId });
      const again = rows.filter(({ handedOut }) => handedOut === 1).length;
      const arrived = Math.min(again, Math.max(0, heard - so.offset));
      if (again < rows.length) handOut.run({ clientId });
      if (rows.length > 0) place.run({ clientId, offset: behind - arrived });
      const messages = rows.slice(arrived).map((row) => JSON.parse(row.message) as HeldMessage);
      return { messages, overflow: so.overflow === 1 };
    },

    dropHandedOut(clientId: string): void {
      dropHandedOut.run({ clientId });
      mark.run({ clientId, overflow: 0 });
    },
  };
}
