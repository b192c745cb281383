import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { clientsIn } from './clients.ts';
import { namespacesIn } from './namespaces.ts';
import { closeStoreFile, openStoreFile } from './open-file.ts';
import { roomReads } from './room-reads.ts';

const folder = await mkdtemp(join(tmpdir(), 'plans-'));
const db = openStoreFile(folder);
afterAll(async () => {
  closeStoreFile(db);
  await rm(folder, { recursive: true });
});

/** All statements that these prepare. */
const statements: string[] = [];
const prepare = db.prepare.bind(db);
db.prepare = ((sql: string) => {
  statements.push(sql);
  return prepare(sql);
}) as typeof db.prepare;
clientsIn(db);
roomReads(db);
namespacesIn(db);

/** How SQLite goes about the one statement that has these words. */
function planOf(words: string): string[] {
  const found = statements.filter((sql) => sql.replaceAll(/\s+/g, ' ').includes(words));
  expect(found).toHaveLength(1);
  const steps = prepare(`EXPLAIN QUERY PLAN ${found[0]}`).all({}) as { detail: string }[];
  return steps.map(({ detail }) => detail);
}

it.each([
  // When everybody comes back at once: by the token, not through everybody in the namespace.
  ['(resume_hash = :resumeHash OR former_hash', ['clients_by_resume', 'clients_by_former']],
  ['FROM clients WHERE former_hash =', ['clients_by_former']],
  ['FROM clients WHERE namespace_id = :namespaceId AND at_desk = 1', ['clients_by_namespace']],
  ['FROM clients WHERE lease_until <=', ['clients_by_lease']],
  // Rooms that have ended are many, and stay for a while.
  ['SELECT count(*) AS n FROM rooms r', ['rooms_waiting']],
  ["r.state IN ('waiting', 'knocking') ORDER BY r.urgent DESC, r.place", ['rooms_waiting']],
  ['FROM rooms self WHERE self.id = :id', ['PRIMARY KEY', 'rooms_waiting', 'rooms_waiting']],
])('STORE-57 %s … uses %j', (words, indexes) => {
  const searches = planOf(words).filter((step) => /^(SEARCH|SCAN) (?!e )/.test(step));
  expect(searches).toEqual(
    indexes.map((index) => expect.stringMatching(new RegExp(`^SEARCH .* ${index} `))),
  );
});
