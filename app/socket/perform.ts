import type { SessionData } from '../data/session-data.ts';
import type { Outcome, Perform } from '../outcome.ts';
import type { Delivery } from './delivery.ts';
import type { Directory } from './directory.ts';
import { Lanes } from './lanes.ts';
import { newSession } from './session.ts';

export interface PerformParts {
  data: SessionData;
  directory: Directory;
  delivery: Delivery;
}

/**
 * One lane for each namespace (ADR 2): whoever changes something in it, a socket, a route or a timer,
 * does so one after the other, so that nobody hears of two changes in the wrong order.
 */
export function createPerform({ data, directory, delivery }: PerformParts): {
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
      const session = newSession(client);
      session.generation = client.generation;
      for (const room of await data.roomsOf(client.id)) session.rooms.add(room.id);
      directory.add(session);
    }
    known.add(namespaceId);
  }

  const perform: Perform = <Reply>(namespaceId: string, useCase: () => Promise<Outcome<Reply>>) =>
    lanes.run(namespaceId, async () => {
      await recall(namespaceId);
      const { reply, steps } = await useCase();
      await delivery.carryOut(steps);
      return reply;
    });

  return { perform, lanes, forget: (namespaceId) => known.delete(namespaceId) };
}
