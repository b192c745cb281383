import type { Client } from '../session-data.ts';
import type { Guide } from './guide.ts';
import { signpostTo } from './signposts.ts';

/** Stores a client where its namespace is, and takes it there if it was elsewhere. */
export async function saveClient(guide: Guide, client: Client): Promise<void> {
  const { signposts, moves } = guide;
  const { id } = client;
  const to = guide.homeOf(client.namespaceId);
  const saveKnown = () => to.store.change([], (changes) => to.clients.saveKnown(changes, client));
  for (;;) {
    const hint = signposts.hint('client', id);
    const isSureToBeHere = hint?.shard === to.n && hint.isSure;
    if (isSureToBeHere && (await saveKnown()) !== 'absent') return;
    const mine = signpostTo(to.n);
    if (!(await signposts.turn('client', id, undefined, mine))) {
      const from = await guide.whereIs('client', id);
      if (from === to.n) continue;
      if (from !== undefined) {
        const order = { from, to: to.n, facts: [], client: { after: client, isFrom: true } };
        await moves.send(order);
        // Also where its namespace is gone; who was not there any more is to be looked for again.
        if ((await guide.whereIs('client', id)) === to.n || !(await hasNamespace(guide, client))) {
          return;
        }
        continue;
      }
      // The signpost leads to nothing. Put up anew, it is not taken down with whoever it led to.
      const was = await signposts.find('client', id);
      if (was === undefined || !(await signposts.turn('client', id, was, mine))) continue;
    }
    await guide.afterStep('announced');
    const saved = await to.store.change([], (changes) => to.clients.save(changes, client));
    if (saved === 'nowhere') await signposts.turn('client', id, mine, undefined);
    else signposts.remember('client', id, to.n);
    return;
  }
}

const hasNamespace = (guide: Guide, { namespaceId }: Client): Promise<boolean> =>
  guide.homeOf(namespaceId).data.hasNamespace(namespaceId);

/** The client is forgotten first, and then the signpost to it: the one that was there before. */
export async function forgetClient(guide: Guide, id: string): Promise<void> {
  const { signposts } = guide;
  await guide.at('client', id, async ({ store, keys, clients, n }) => {
    const signpost = await signposts.find('client', id);
    const wasThere = await store.change([], async (changes) => {
      if (!(await clients.forget(changes, id))) return false;
      const rooms = [keys.roomsOf(id), keys.claims(id)].map((key) => changes.members(key));
      if ((await Promise.all(rooms)).flat().length > 0) await signposts.noteElsewhere(id, n);
      return true;
    });
    if (!wasThere) return undefined;
    await guide.afterStep('forgotten');
    if (signpost !== undefined) await signposts.turn('client', id, signpost, undefined);
    signposts.forget('client', id);
    return true;
  });
}
