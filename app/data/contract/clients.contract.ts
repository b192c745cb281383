import { beforeEach, describe, expect, test } from 'vitest';
import { aClient, ids, NOW, type StoreInTest, sortedIds } from './fixtures.contract.ts';

const WINDOWS = { doctor: 1, patient: 20, guest: 300, service: 4000 };

export function describeClients(t: StoreInTest): void {
  beforeEach(async () => {
    await t.data.createNamespace('desk', NOW);
    await t.data.createNamespace('other', NOW);
  });

  describe('one by one', () => {
    test('STORE-21 saveClient stores a client that is new, and one that is known anew', async () => {
      const client = aClient({
        role: 'doctor',
        generation: 3,
        leaseUntil: NOW,
        resumeHash: 'h',
        subject: 'dr-ß',
        atDesk: true,
      });
      await t.data.saveClient(client);
      expect(await t.data.findClient('client')).toEqual(client);
      const next = aClient({ role: 'guest', generation: 4 });
      await t.data.saveClient(next);
      expect(await t.data.findClient('client')).toEqual(next);
      expect(await t.data.clientsOf('desk')).toEqual([next]);
      expect(await t.data.findClient('nobody')).toBeUndefined();
    });

    test('STORE-21 saveClient does nothing if the namespace is gone', async () => {
      await t.data.saveClient(aClient({ namespaceId: 'nowhere' }));
      expect(await t.data.findClient('client')).toBeUndefined();
      await t.data.saveClient(aClient());
      await t.data.removeNamespace('desk', NOW);
      await t.data.saveClient(aClient({ generation: 2 }));
      expect(await t.data.findClient('client')).toBeUndefined();
    });

    test('STORE-22 a resume hash is good in its namespace, until another takes its place', async () => {
      await t.data.saveClient(aClient({ id: 'without' }));
      await t.data.saveClient(aClient({ resumeHash: 'one' }));
      expect((await t.data.findClientByResume('desk', 'one'))?.id).toBe('client');
      expect(await t.data.findClientByResume('other', 'one')).toBeUndefined();
      await t.data.saveClient(aClient({ resumeHash: 'two' }));
      expect(await t.data.findClientByResume('desk', 'one')).toBeUndefined();
      expect((await t.data.findClientByResume('desk', 'two'))?.id).toBe('client');
    });

    test('STORE-22 so is the one before, by which the client is found wherever it is now', async () => {
      await t.data.saveClient(aClient({ resumeHash: 'two', formerResumeHash: 'one' }));
      expect((await t.data.findClientByResume('desk', 'one'))?.id).toBe('client');
      expect((await t.data.findClientByFormerResume('one'))?.id).toBe('client');
      expect(await t.data.findClientByFormerResume('two')).toBeUndefined();
      const moved = aClient({ namespaceId: 'other', resumeHash: 'three', formerResumeHash: 'two' });
      await t.data.saveClient(moved);
      expect(await t.data.findClientByResume('desk', 'two')).toBeUndefined();
      expect(await t.data.findClientByFormerResume('two')).toEqual(moved);
      expect(await t.data.findClientByFormerResume('one')).toBeUndefined();
    });

    test('STORE-23 clientsOf finds who is connected or within the window', async () => {
      await t.data.saveClient(aClient({ id: 'connected' }));
      await t.data.saveClient(aClient({ id: 'lost', role: 'guest', leaseUntil: NOW }));
      await t.data.saveClient(aClient({ id: 'theirs', namespaceId: 'other' }));
      expect(sortedIds(await t.data.clientsOf('desk'))).toEqual(['connected', 'lost']);
      expect(await t.data.clientsOf('nowhere')).toEqual([]);
    });

    test('STORE-23 countDoctors counts those at the desk, connected or within the window', async () => {
      const doctor = aClient({ role: 'doctor', atDesk: true });
      await t.data.saveClient({ ...doctor, id: 'd1' });
      await t.data.saveClient({ ...doctor, id: 'd2', leaseUntil: NOW });
      await t.data.saveClient({ ...doctor, id: 'not-yet', atDesk: false });
      await t.data.saveClient({ ...doctor, id: 'theirs', namespaceId: 'other' });
      await t.data.saveClient(aClient({ id: 'p' }));
      expect(await t.data.countDoctors('desk')).toBe(2);
      await t.data.forgetClient('d2');
      expect(await t.data.countDoctors('desk')).toBe(1);
      expect(await t.data.countDoctors('nowhere')).toBe(0);
    });

    test('STORE-25 forgetClient forgets the client and what was held for it', async () => {
      await t.data.saveClient(aClient({ resumeHash: 'h', leaseUntil: NOW }));
      await t.data.hold('client', { event: 'offer', data: 1 }, { messages: 9, bytes: 999 });
      await t.data.forgetClient('client');
      await t.data.forgetClient('nobody');
      expect(await t.data.findClient('client')).toBeUndefined();
      expect(await t.data.findClientByResume('desk', 'h')).toBeUndefined();
      expect(await t.data.clientsLeasedUntil(NOW, 9)).toEqual([]);
      await t.data.saveClient(aClient());
      expect((await t.data.handOutHeld('client', 0, 0)).messages).toEqual([]);
    });
  });

  describe('windows', () => {
    test('STORE-24 clientsLeasedUntil finds the windows that are over, earliest first', async () => {
      await t.data.saveClient(aClient({ id: 'third', leaseUntil: NOW + 3 }));
      await t.data.saveClient(aClient({ id: 'first', leaseUntil: NOW + 1, namespaceId: 'other' }));
      await t.data.saveClient(aClient({ id: 'second', leaseUntil: NOW + 2 }));
      await t.data.saveClient(aClient({ id: 'connected' }));
      expect(await t.data.clientsLeasedUntil(NOW, 9)).toEqual([]);
      expect(ids(await t.data.clientsLeasedUntil(NOW + 2, 9))).toEqual(['first', 'second']);
      expect(ids(await t.data.clientsLeasedUntil(NOW + 9, 2))).toEqual(['first', 'second']);
      await t.data.saveClient(aClient({ id: 'first', namespaceId: 'other' }));
      expect(ids(await t.data.clientsLeasedUntil(NOW + 9, 1))).toEqual(['second']);
    });

    test('STORE-26 loseAllClients starts the window of all who were connected, by role', async () => {
      for (const role of ['doctor', 'patient', 'guest', 'service'] as const) {
        await t.data.saveClient(aClient({ id: role, role, generation: 5, resumeHash: role }));
      }
      await t.data.saveClient(aClient({ id: 'lost', leaseUntil: NOW - 1 }));
      await t.data.loseAllClients(NOW, WINDOWS);
      for (const role of ['doctor', 'patient', 'guest', 'service'] as const) {
        const leaseUntil = NOW + WINDOWS[role];
        const lost = aClient({ id: role, role, generation: 5, resumeHash: role, leaseUntil });
        expect(await t.data.findClient(role)).toEqual(lost);
      }
      const patient = NOW + WINDOWS.patient;
      expect((await t.data.findClient('lost'))?.leaseUntil).toBe(patient);
    });
  });
}
