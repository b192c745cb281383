/** Marks a file as an audit trail of this server ("TSAU"). */
export const AUDIT_APPLICATION_ID = 0x54534155;

/**
 * One step a version, forward only, as in schema.ts; `:empty` stands for the hash of an empty trail.
 *
 * The triggers are no protection against whoever can write to the file, who can drop them: that is what
 * the chain is for. They keep a mistake in this program, or in a maintenance script, from going through.
 */
export const AUDIT_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE store.audit_lines (
    seq   INTEGER PRIMARY KEY,
    line  TEXT NOT NULL
  ) STRICT;

  CREATE TABLE store.audit_head (
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    seq             INTEGER NOT NULL,
    hash            TEXT NOT NULL,
    pruned_through  INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  INSERT INTO store.audit_head (one, seq, hash) VALUES (1, 0, ':empty');

  CREATE TRIGGER store.audit_lines_never_change BEFORE UPDATE ON audit_lines BEGIN
    SELECT RAISE(ABORT, 'a line of the audit trail never changes');
  END;
  CREATE TRIGGER store.audit_lines_stay BEFORE DELETE ON audit_lines
    WHEN OLD.seq > (SELECT pruned_through FROM audit_head) BEGIN
    SELECT RAISE(ABORT, 'a line of the audit trail stays until retention removes it');
  END;
  CREATE TRIGGER store.audit_head_goes_on BEFORE UPDATE ON audit_head
    WHEN NEW.seq < OLD.seq OR NEW.pruned_through < OLD.pruned_through BEGIN
    SELECT RAISE(ABORT, 'the head of the audit trail only goes on');
  END;
  `,
];
