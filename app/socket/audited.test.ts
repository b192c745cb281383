import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { Audit } from '../audit/trail.ts';
import type { AuditFact } from '../data/audit-log.ts';
import type { SessionData } from '../data/session-data.ts';
import { createCounts } from '../ops/metrics/counts.ts';
import { Delivery } from './delivery.ts';
import { Directory } from './directory.ts';

const ended: AuditFact = { action: 'ended', reason: 'doctor-ended', 'room-id': 'r' };

/** A delivery that has nobody to tell, over an audit trail that takes until `finish` to write. */
function slowlyWritten() {
  const facts: AuditFact[] = [];
  let finish = (): void => {};
  const audit: Audit = {
    record(fact) {
      facts.push(fact);
      return new Promise((resolve) => {
        finish = resolve;
      });
    },
    note: () => {},
  };
  const delivery = new Delivery({
    data: {} as SessionData,
    directory: new Directory(),
    audit,
    counts: createCounts(),
    log: pino({ level: 'silent' }),
    limits: { heldMessages: 0, heldBytes: 0, backlogBytes: 1 },
    onQueueChanged: () => {},
    onNamespaceClosed: () => {},
  });
  return { delivery, facts, finish: () => finish() };
}

describe('what was decided', () => {
  it('AUDIT-7 is not acknowledged before its line is written', async () => {
    const { delivery, facts, finish } = slowlyWritten();
    let isDone = false;
    const done = delivery.carryOut([{ audit: ended }, { queueChanged: 'desk' }]).then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(facts).toEqual([ended]);
    expect(isDone).toBe(false);
    finish();
    await done;
    expect(isDone).toBe(true);
  });
});
