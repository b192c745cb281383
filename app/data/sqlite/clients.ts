import { ROLES, type Role } from '@telemedicine-signaling/protocol';
import type Database from 'libsql';
import type { Client, Time } from '../session-data.ts';
import { prepare, type Values } from './query.ts';

const ALL = `SELECT id, namespace_id AS namespaceId, role, generation, lease_until AS leaseUntil,
    resume_hash AS resumeHash, former_hash AS formerResumeHash, subject, at_desk AS atDesk
  FROM clients`;

/** A client as SQLite has it, which knows no booleans. */
type Row = Omit<Client, 'atDesk'> & { atDesk: number };

/** The clients of the store. */
export function clientsIn(db: Database.Database) {
  const clients = (rest: string): ((values: Values) => Client[]) => {
    const query = prepare<Row>(db, `${ALL} ${rest}`);
    return (values) => query.all(values).map((row) => ({ ...row, atDesk: row.atDesk === 1 }));
  };

  const byId = clients('WHERE id = :id');
  const byResume = clients(
    // The plus keeps SQLite from going through the whole namespace (sqlite.org/optoverview.html, section 4.1).
    'WHERE (resume_hash = :resumeHash OR former_hash = :resumeHash) AND +namespace_id = :namespaceId',
  );
  const byFormerResume = clients('WHERE former_hash = :resumeHash');
  const inNamespace = clients('WHERE namespace_id = :namespaceId');
  const leasedUntil = clients('WHERE lease_until <= :now ORDER BY lease_until LIMIT :limit');
  const countDoctors = prepare<{ n: number }>(
    db,
    'SELECT count(*) AS n FROM clients WHERE namespace_id = :namespaceId AND at_desk = 1',
  );
  // An update, not a replacement: that would take what is held for the client along.
  const save = prepare(
    db,
    `INSERT INTO clients (id, namespace_id, role, generation, lease_until, resume_hash, former_hash, subject, at_desk)
       SELECT :id, :namespaceId, :role, :generation, :leaseUntil, :resumeHash, :formerResumeHash, :subject, :atDesk
        WHERE EXISTS (SELECT 1 FROM namespaces WHERE id = :namespaceId)
     ON CONFLICT (id) DO UPDATE SET namespace_id = excluded.namespace_id, role = excluded.role,
       generation = excluded.generation, lease_until = excluded.lease_until,
       resume_hash = excluded.resume_hash, former_hash = excluded.former_hash, subject = excluded.subject, at_desk = excluded.at_desk`,
  );
  const forget = prepare(db, 'DELETE FROM clients WHERE id = :id');
  const lose = prepare(
    db,
    `UPDATE clients SET lease_until = :until
      WHERE role = :role AND (lease_until IS NULL OR lease_until < :until)`,
  );

  return {
    save({ atDesk, ...client }: Client): void {
      save.run({ ...client, atDesk: atDesk ? 1 : 0 });
    },
    find: (id: string): Client | undefined => byId({ id })[0],
    findByResume: (namespaceId: string, resumeHash: string): Client | undefined =>
      byResume({ namespaceId, resumeHash })[0],
    findByFormerResume: (resumeHash: string): Client | undefined =>
      byFormerResume({ resumeHash })[0],
    inNamespace: (namespaceId: string) => inNamespace({ namespaceId }),
    leasedUntil: (now: Time, limit: number) => leasedUntil({ now, limit }),
    countDoctors: (namespaceId: string): number => countDoctors.first({ namespaceId })?.n ?? 0,
    /** Takes what was held for the client along. */
    forget: (id: string): void => void forget.run({ id }),
    /** Several steps: call it in a transaction. */
    loseAll(now: Time, windows: Readonly<Record<Role, number>>): void {
      for (const role of ROLES) lose.run({ role, until: now + windows[role] });
    },
  };
}
