import type { ConsultationRecords } from '../../data/consultation-records.ts';
import type { SessionData } from '../../data/session-data.ts';
import type { StoreHealth } from '../store-health.ts';
import type { Counts } from './counts.ts';
import { OPERATIONS, type StoreOperation } from './operations.ts';
import type { RoomCensus } from './room-census.ts';
import { timed } from './timed.ts';

export interface Store {
  data: SessionData;
  records: ConsultationRecords;
}

/** The same store, of which is counted how long it takes and what fails, and what becomes of its rooms. */
export function countedStore(
  store: Store,
  parts: { counts: Counts; census: RoomCensus; health: StoreHealth },
): Store {
  const { counts, census, health } = parts;
  const counted = <T extends object>(port: T): T =>
    timed(port, ({ method, began }, error) => {
      const kind = OPERATIONS[method as StoreOperation];
      if (kind === undefined) return;
      counts.stored.since(began, kind);
      if (error !== undefined) counts.storeErrors.add(method as StoreOperation);
      health.heard(method as StoreOperation, kind, error);
    });
  const data = counted(store.data);
  const records = counted(store.records);
  return { data: census.watching(data, records), records };
}
