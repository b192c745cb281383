import type { CallReport } from '@telemedicine-signaling/protocol';
import type { Counts } from './counts.ts';

/** Counts a call as a page reported it (SPEC METRIC-5). */
export function countCall({ calls, firstMedia }: Counts, report: CallReport): void {
  const { 'set-up': isSetUp, 'first-media-ms': firstMediaMs, relayed, quality } = report;
  if (!isSetUp) {
    calls.add('none', 'unknown');
    return;
  }
  calls.add(pathOf(relayed), quality ?? 'unknown');
  if (firstMediaMs !== undefined) firstMedia.add(firstMediaMs / 1000);
}

function pathOf(relayed: boolean | undefined): 'direct' | 'relayed' | 'unknown' {
  if (relayed === undefined) return 'unknown';
  return relayed ? 'relayed' : 'direct';
}
