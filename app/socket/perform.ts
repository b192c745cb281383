import type { SessionData } from '../data/session-data.ts';
import type { Outcome, Perform } from '../outcome.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import { sessionFromStore } from './hand-over.ts';
import { Lanes } from './lanes.ts';
import type { Neighbours } from './neighbours.ts';

export interface PerformParts {
  data: SessionData;
  directory: Directory;
  delivery: Delivery;
  /** The other nodes, where there are any. */
  neighbours?: Neighbours | undefined;
}

/**
 * One lane for each namespace (ADR 2): whoever changes something in it, a socket, a route or a timer,
 * does so one after the other, so that nobody hears of two changes in the wrong order. In a cluster the
 * namespace's turn there comes on top.
 */
export function createPerform({ data, directory, delivery, neighbours }: PerformParts): {
  perform: Perform;
  lanes: Lanes;
  /** The namespace is gone; one of the same name would be another. */
  forget: (namespaceId: string) => void;
} {
  const lanes = new Lanes();
  const known = new Set<string>();

  /** The first who does something in a namespace after a start finds the clients who were there before. */
  async function recall(namespaceId: string): Promise<void> {
    if (known.has(namespaceId) || namespaceId === '') return;
    const clients = await data.clientsOf(namespaceId);
    // Of a namespace without clients there is nothing to know, be it only a name that somebody tried.
    if (clients.length === 0) return;
    for (const client of clients) {
      if (directory.get(client.id) !== undefined) continue;
      directory.add(await sessionFromStore(data, client));
    }
    known.add(namespaceId);
  }

  async function alone<Reply>(
    namespaceId: string,
    useCase: () => Promise<Outcome<Reply>>,
  ): Promise<Reply> {
    const { reply, written } = await lanes.run(namespaceId, async () => {
      await recall(namespaceId);
      const { reply, steps } = await useCase();
      return { reply, ...(await delivery.act(steps)) };
    });
    // The lane goes on meanwhile: so what many do at once is written down at once.
    await written;
    return reply;
  }

  const perform: Perform = (namespaceId, useCase) =>
    // Rooms of no namespace concern nobody who is connected.
    neighbours === undefined || namespaceId === ''
      ? alone(namespaceId, useCase)
      : lanes.run(namespaceId, () => neighbours.inTurn(namespaceId, useCase));

  return { perform, lanes, forget: (namespaceId) => known.delete(namespaceId) };
}
