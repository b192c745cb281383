import { expect, test } from 'vitest';
import { SignalingError } from '../../app/errors/signaling-error.ts';
import { assertCandidate } from '../../app/socket/candidate.ts';
import { assertDescription } from '../../app/socket/description.ts';
import { badCandidate, badSdp } from './media.ts';
import { isGoodCandidate, isGoodSdp } from './media-reference.ts';
import { campaign, PATIENCE_MS, STALL_MS } from './plan.ts';

const LIMITS = { descriptionBytes: 32_768 };

/** Whether it passes. What does not is the sender's fault and never the server's. */
function passes(look: () => void): boolean {
  const before = process.cpuUsage();
  try {
    look();
    return true;
  } catch (error) {
    if (!(error instanceof SignalingError)) throw error;
    expect(error.code).toBe('invalid-payload');
    return false;
  } finally {
    // Not by the clock: other tests run on this machine.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(STALL_MS);
  }
}

/** Such a text is looked into, so that what stands in it is meant, and not the whole. */
const isJson = (text: string): boolean => /^\s*[{[]/.test(text);

test(
  'MEDIA-2 MEDIA-3 MEDIA-4 description: nothing passes but what the rules let pass',
  async () => {
    const tried = await campaign({
      kind: 'description',
      cases: badSdp,
      together: 100,
      hold: async (sdps) => {
        for (const sdp of sdps) {
          if (sdp === '' || isJson(sdp)) continue;
          const expected = isGoodSdp(sdp, LIMITS.descriptionBytes);
          const direct = { sdp, type: 'offer' };
          const inText = JSON.stringify(direct);
          expect(passes(() => assertDescription(direct, LIMITS))).toBe(expected);
          expect(passes(() => assertDescription({ offer: inText }, LIMITS))).toBe(expected);
        }
      },
    });
    expect(tried).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

test(
  'MEDIA-5 MEDIA-6 candidate: nothing passes but what the rules let pass',
  async () => {
    const tried = await campaign({
      kind: 'candidate',
      cases: badCandidate,
      together: 100,
      hold: async (candidates) => {
        for (const candidate of candidates) {
          if (isJson(candidate)) continue;
          const expected = isGoodCandidate(candidate);
          const init = { candidate, sdpMid: '0' };
          expect(passes(() => assertCandidate({ candidate: init }))).toBe(expected);
          expect(passes(() => assertCandidate({ any: JSON.stringify(init) }))).toBe(expected);
        }
      },
    });
    expect(tried).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);
