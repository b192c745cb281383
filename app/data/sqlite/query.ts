import type Database from 'libsql';

/** What can be bound. Mind that libsql 0.5 aborts the whole process when it is given a boolean. */
type Value = string | number | null;
export type Values = Readonly<Record<string, Value>>;

/** A statement, prepared once, with its parameters by name. */
export interface Query<Row> {
  first(values: Values): Row | undefined;
  all(values: Values): Row[];
  /** Answers how many rows it changed. */
  run(values: Values): number;
}

/** Prepares `sql`, whose rows are of the form `Row`. */
export function prepare<Row = never>(db: Database.Database, sql: string): Query<Row> {
  const statement = db.prepare<Values>(sql);
  return {
    // The driver answers null for no row, and puts a key of its own, `_metadata`, into the one it finds.
    first: (values) => (statement.get(values) as Row | null) ?? undefined,
    all: (values) => statement.all(values) as Row[],
    run: (values) => statement.run(values).changes,
  };
}

/** Does all of `change` or nothing. */
export function inTransaction<T>(db: Database.Database, change: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = change();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has rolled back already after some errors, a full disk among them.
    if (db.inTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
