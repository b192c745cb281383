import type { Client, SessionData } from '../data/session-data.ts';
import type { Directory } from './directory.ts';
import { Outbox, type OutboxBounds, type Unheard } from './outbox.ts';
import { newSession, type Session } from './session.ts';

/** What a node had in its memory of a client that goes on at another. */
export interface LeftBehind {
  hasMissed: boolean;
  hasSpoken: boolean;
  isHeardFrom: boolean;
  /** What was sent on its last connection after what it says that it heard; `null` if it never had one. */
  unheard: Unheard | null;
}

/** Lets go of a client for good. What was to be kept for it is in the store when this has resolved. */
export async function leave(
  directory: Directory,
  clientId: string,
  heard = Number.MAX_SAFE_INTEGER,
): Promise<LeftBehind | null> {
  const session = directory.get(clientId);
  if (session === undefined) return null;
  // What comes from here on finds the connection closed, and then nobody.
  supersede(session);
  while (session.keeping !== null) {
    const { keeping } = session;
    await keeping.catch(() => {});
    if (session.keeping === keeping) session.keeping = null;
  }
  directory.remove(clientId);
  const { hasMissed, hasSpoken, isHeardFrom, outbox } = session;
  return { hasMissed, hasSpoken, isHeardFrom, unheard: outbox?.after(heard) ?? null };
}

/** A half-open connection may still stand where its client has come back already. */
export function supersede(session: Session): void {
  const old = session.socket;
  if (old === null) return;
  session.socket = null;
  old.emit('superseded', { 'come-back': false });
  old.disconnect();
}

/** A client that the store knows, in this node's memory: as after a restart, or as another node left it. */
export async function sessionFromStore(
  data: SessionData,
  client: Client,
  left: { bounds: OutboxBounds; heard: number | undefined; behind: LeftBehind } | null = null,
): Promise<Session> {
  const session = newSession(client);
  session.generation = client.generation;
  for (const room of await data.roomsOf(client.id)) session.rooms.add(room.id);
  if (left === null) return session;
  const { hasMissed, hasSpoken, isHeardFrom, unheard } = left.behind;
  Object.assign(session, { hasMissed, hasSpoken, isHeardFrom });
  if (unheard !== null) {
    session.outbox = Outbox.leftBehind(left.bounds, left.heard ?? 0, unheard);
  }
  return session;
}
