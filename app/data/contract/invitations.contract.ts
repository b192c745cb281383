import { describe, expect, test } from 'vitest';
import { NOW, type StoreInTest } from './fixtures.contract.ts';

export function describeInvitations(t: StoreInTest): void {
  describe('invitations', () => {
    test('STORE-39 an invitation is taken by one caller only, and outlives a restart', async () => {
      await t.data.keepInvitation('hash', 'ß "request"', NOW + 1);
      await t.reopen();
      const taken = await Promise.all([
        t.data.takeInvitation('hash', NOW),
        t.data.takeInvitation('hash', NOW),
      ]);
      expect(taken.filter((request) => request !== undefined)).toEqual(['ß "request"']);
      expect(await t.data.takeInvitation('hash', NOW)).toBeUndefined();
      expect(await t.data.takeInvitation('unknown', NOW)).toBeUndefined();
    });

    test('STORE-39 an invitation that has expired is not given out', async () => {
      await t.data.keepInvitation('hash', 'request', NOW);
      expect(await t.data.takeInvitation('hash', NOW)).toBeUndefined();
    });

    test('STORE-39 forgetExpiredInvitations forgets those and no others', async () => {
      await t.data.keepInvitation('expired', 'request', NOW);
      await t.data.keepInvitation('good', 'request', NOW + 1);
      await t.data.forgetExpiredInvitations(NOW);
      expect(await t.data.takeInvitation('expired', NOW - 1)).toBeUndefined();
      expect(await t.data.takeInvitation('good', NOW)).toBe('request');
    });
  });
}
