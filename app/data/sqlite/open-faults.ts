import { dirname } from 'node:path';
import { StoreOpenError, type StoreOpenFault } from '../store-open-error.ts';
import { sqliteCode } from './sqlite-code.ts';

const moveAway = (file: string): string =>
  `Put back a good copy, or move it away together with ${file}-wal to start with an empty store.`;

/** Result codes of SQLite and what they mean for somebody who starts a server. */
const CODES: Readonly<Record<number, StoreOpenFault>> = {
  3: 'not-writable',
  5: 'in-use',
  6: 'in-use',
  8: 'not-writable',
  11: 'damaged',
  13: 'disk-full',
  14: 'not-writable',
  26: 'not-a-database',
};

const FAULTS: Readonly<Record<StoreOpenFault, (file: string) => { what: string; todo: string }>> = {
  'not-a-database': (file) => ({ what: 'it is not an SQLite database', todo: moveAway(file) }),
  damaged: (file) => ({ what: 'it is damaged inside', todo: moveAway(file) }),
  foreign: () => ({
    what: 'it is a database of another program',
    todo: 'Set DATA_DIR to a folder of its own.',
  }),
  newer: () => ({
    what: 'a newer version of this server wrote it',
    todo: 'Start that version or a later one, or set DATA_DIR to another folder.',
  }),
  'not-writable': (file) => ({
    what: 'this process cannot write there',
    todo: `Let its user create and write files in ${dirname(file)}, or set DATA_DIR to another folder.`,
  }),
  'in-use': () => ({
    what: 'another server has it open',
    todo: 'Stop that one, or set DATA_DIR to another folder.',
  }),
  'disk-full': () => ({ what: 'the disk is full', todo: 'Make room on it and start again.' }),
  failed: (file) => ({
    what: 'the system reports an error',
    todo: `Look at the disk that holds ${dirname(file)}, or set DATA_DIR to another folder.`,
  }),
};

/** The error for this fault of `file`; `detail` says more about what is wrong. */
export function openFault(
  file: string,
  fault: StoreOpenFault,
  detail?: string,
  cause?: unknown,
): StoreOpenError {
  const { what, todo } = FAULTS[fault](file);
  const sentence = detail === undefined ? what : `${what} (${detail})`;
  return new StoreOpenError(file, fault, sentence, todo, { cause });
}

/** What an error of the driver or of the file system means for opening `file`. */
export function faultOf(file: string, error: unknown): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  const code = sqliteCode(error);
  const fault = code === undefined ? 'failed' : (CODES[code & 0xff] ?? 'failed');
  return openFault(file, fault, error instanceof Error ? error.message : String(error), error);
}
