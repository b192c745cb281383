import type Database from 'libsql';
import type { Time } from '../session-data.ts';

/** How long the log may hold what was dropped, in milliseconds. Not shorter: emptying waits for the disk. */
const EVERY_MS = 60_000;

/**
 * Empties the log of the file: in the file itself what is dropped is overwritten (`secure_delete`), but
 * the log holds earlier forms of it until it is written anew.
 */
export const emptyLog = (db: Database.Database): void =>
  void db.prepare('PRAGMA store.wal_checkpoint(TRUNCATE)').raw().get();

/** To be called again and again: empties the log when it is time. */
export function logEmptier(db: Database.Database): (now: Time) => void {
  let emptiedAt: Time | null = null;
  return (now) => {
    const isTime = emptiedAt === null || now < emptiedAt || now - emptiedAt >= EVERY_MS;
    if (!isTime) return;
    emptyLog(db);
    emptiedAt = now;
  };
}
