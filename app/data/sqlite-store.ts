import type { ConsultationRecords } from './consultation-records.ts';
import { consultationRecordsIn } from './consultation-records-sqlite.ts';
import type { SessionData } from './session-data.ts';
import { SqliteSessionData } from './session-data-sqlite.ts';
import { consultationWrites } from './sqlite/consultation-writes.ts';
import { inspectStoreFile, openStoreFile } from './sqlite/open-file.ts';
import { webhookWrites } from './sqlite/webhook-writes.ts';
import type { WebhookOutbox } from './webhook-outbox.ts';
import { webhookOutboxIn } from './webhook-outbox-sqlite.ts';

/** One file behind its ports. Closing the session data closes all. */
export interface SqliteStore {
  data: SessionData;
  records: ConsultationRecords;
  /** Where webhooks are put in. */
  webhooks?: WebhookOutbox;
}

export interface SqliteStorePlace {
  dataDir: string;
  /** False to begin no record of any consultation. */
  keepsConsultations?: boolean;
  /** Webhooks are put in; the first `turnSoon` of a waiting room hear that their turn is near. */
  webhooks?: { turnSoon: number } | undefined;
}

/**
 * Opens the store in `signaling.db` under `dataDir`, which is made if it is not there.
 * @throws StoreOpenError which says what to do; the file is as it was
 */
export async function openSqliteStore({
  dataDir,
  keepsConsultations = true,
  webhooks: hooks,
}: SqliteStorePlace): Promise<SqliteStore> {
  const db = openStoreFile(dataDir);
  const writes = consultationWrites(db, keepsConsultations);
  const hookWrites = hooks && webhookWrites(db, hooks);
  return {
    data: new SqliteSessionData(db, writes, hookWrites),
    records: consultationRecordsIn(db, writes),
    ...(hookWrites && { webhooks: webhookOutboxIn(db, hookWrites) }),
  };
}

/**
 * Looks at the store of that folder, which stays as it is.
 * @throws StoreOpenError why it could not be opened, and what to do
 */
export const inspectSqliteStore = (dataDir: string): 'absent' | 'good' => inspectStoreFile(dataDir);
