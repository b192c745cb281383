import type Database from 'libsql';
import type { Time } from '../session-data.ts';
import { prepare } from './query.ts';

export type Namespaces = ReturnType<typeof namespacesIn>;

/** The namespaces of the store. */
export function namespacesIn(db: Database.Database) {
  const create = prepare(
    db,
    'INSERT INTO namespaces (id, touched_at) VALUES (:id, :now) ON CONFLICT DO NOTHING',
  );
  const find = prepare<object>(db, 'SELECT 1 FROM namespaces WHERE id = :id');
  const touch = prepare(db, 'UPDATE namespaces SET touched_at = :now WHERE id = :id');
  const unused = prepare<{ id: string }>(
    db,
    `SELECT id FROM namespaces n WHERE touched_at < :time
       AND NOT EXISTS (SELECT 1 FROM clients c WHERE c.namespace_id = n.id)
       AND NOT EXISTS (SELECT 1 FROM rooms r WHERE r.namespace_id = n.id AND r.state <> 'ended')
     ORDER BY touched_at`,
  );
  const remove = prepare(db, 'DELETE FROM namespaces WHERE id = :id');
  const arrive = prepare<{ arrivals: number }>(
    db,
    'UPDATE namespaces SET arrivals = arrivals + 1 WHERE id = :id RETURNING arrivals',
  );

  return {
    create: (id: string, now: Time): boolean => create.run({ id, now }) > 0,
    has: (id: string): boolean => find.first({ id }) !== undefined,
    touch: (id: string, now: Time): void => void touch.run({ id, now }),
    unusedSince: (time: Time): string[] => unused.all({ time }).map((row) => row.id),
    /** Takes its clients, and what was held for them, along. False if it was not there. */
    remove: (id: string): boolean => remove.run({ id }) > 0,
    /** The next arrival in its waiting room; null if it is not there. */
    nextArrival: (id: string): number | null => arrive.first({ id })?.arrivals ?? null,
  };
}
