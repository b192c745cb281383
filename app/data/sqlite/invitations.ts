import type Database from 'libsql';
import type { Time } from '../session-data.ts';
import { prepare } from './query.ts';

/** The invitations of the store that nobody has redeemed. */
export function invitationsIn(db: Database.Database) {
  const keep = prepare(
    db,
    'INSERT INTO invitations (hash, request, expires_at) VALUES (:hash, :request, :expiresAt)',
  );
  const take = prepare<{ request: string; expiresAt: Time }>(
    db,
    'DELETE FROM invitations WHERE hash = :hash RETURNING request, expires_at AS expiresAt',
  );
  const forget = prepare(db, 'DELETE FROM invitations WHERE expires_at <= :now');

  return {
    keep: (hash: string, request: string, expiresAt: Time): void =>
      void keep.run({ hash, request, expiresAt }),
    take(hash: string, now: Time): string | undefined {
      const [taken] = take.all({ hash });
      return taken !== undefined && taken.expiresAt > now ? taken.request : undefined;
    },
    forgetExpired: (now: Time): void => void forget.run({ now }),
  };
}
