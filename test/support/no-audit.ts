import type { Audit } from '../../app/audit/trail.ts';

/** For parts of a server that are tested without the audit trail. */
export const NO_AUDIT: Audit = { record: async () => {}, note: () => {} };
