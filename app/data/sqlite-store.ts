import type { ConsultationRecords } from './consultation-records.ts';
import { consultationRecordsIn } from './consultation-records-sqlite.ts';
import type { SessionData } from './session-data.ts';
import { SqliteSessionData } from './session-data-sqlite.ts';
import { consultationWrites } from './sqlite/consultation-writes.ts';
import { openStoreFile } from './sqlite/open-file.ts';

/** One file behind two ports. Closing the session data closes both. */
export interface SqliteStore {
  data: SessionData;
  records: ConsultationRecords;
}

export interface SqliteStorePlace {
  dataDir: string;
  /** False to begin no record of any consultation. */
  keepsConsultations?: boolean;
}

/**
 * Opens the store in `signaling.db` under `dataDir`, which is made if it is not there.
 * @throws StoreOpenError which says what to do; the file is as it was
 */
export async function openSqliteStore({
  dataDir,
  keepsConsultations = true,
}: SqliteStorePlace): Promise<SqliteStore> {
  const db = openStoreFile(dataDir);
  const writes = consultationWrites(db, keepsConsultations);
  return { data: new SqliteSessionData(db, writes), records: consultationRecordsIn(db, writes) };
}
