import { afterEach, beforeEach, describe } from 'vitest';
import { describeClients } from './contract/clients.contract.ts';
import { describeDurability } from './contract/durability.contract.ts';
import type { Store, StoreFactory, StoreInTest } from './contract/fixtures.contract.ts';
import { describeHeldMessages } from './contract/held.contract.ts';
import { describeInvitations } from './contract/invitations.contract.ts';
import { describeNamespaces } from './contract/namespaces.contract.ts';
import { describeRoomLists } from './contract/room-lists.contract.ts';
import { describeRooms } from './contract/rooms.contract.ts';
import type { SessionData } from './session-data.ts';

/**
 * The promises of the `SessionData` port (SPEC STORE-1 to STORE-29 and STORE-39) as tests, to be run over every
 * adapter against the real thing. Each test gets a store of its own from `factory`.
 */
export function describeSessionData(name: string, factory: StoreFactory): void {
  describe(`SessionData: ${name}`, () => {
    const t = storeInTest(factory);
    describeDurability(t);
    describeNamespaces(t);
    describe('rooms', () => describeRooms(t));
    describe('room lists', () => describeRoomLists(t));
    describe('clients', () => describeClients(t));
    describeHeldMessages(t);
    describeInvitations(t);
  });
}

function storeInTest(factory: StoreFactory): StoreInTest {
  let store: Store;
  let data: SessionData;

  beforeEach(async () => {
    store = await factory();
    data = await store.open();
  });

  afterEach(async () => {
    await data.close();
    await store.destroy();
  });

  const whileClosed = async (meanwhile: () => Promise<void>): Promise<SessionData> => {
    await data.close();
    await meanwhile();
    data = await store.open();
    return data;
  };

  return {
    get data() {
      return data;
    },
    get opener() {
      return store.opener;
    },
    whileClosed,
    reopen: () => whileClosed(async () => {}),
  };
}
