import type { Client, Room, SessionData } from '../data/session-data.ts';
import type { Directory } from './directory.ts';

/** Session data, and what this node knows of it by heart. */
export interface Memory {
  /** The same session data, listened to. */
  data: SessionData;
  /** Rooms of this namespace that were changed here since this was last asked. */
  takeChanged(namespaceId: string): Room[];
  /** Another node has changed these rooms. */
  learn(rooms: readonly Room[]): void;
  /** The namespaces that exist, as far as this node has heard. */
  namespaces(): string[];
  forgetNamespace(namespaceId: string): void;
  /** Forgets who is not in the directory any more. */
  tidy(): void;
  /**
   * Puts back what a store that has lost everything had of a namespace and of this node's clients in it.
   * Of a room that another node has put back the later one stays. In the namespace's turn only.
   */
  putBack(namespaceId: string, now: number): Promise<void>;
}

/**
 * Remembers what passes between this node and the store, so that a store that comes back empty can be
 * told (SPEC CLUSTER-9). Rooms are remembered while a client of this node is in them.
 */
export function remembering(store: SessionData, directory: Directory): Memory {
  const namespaces = new Set<string>();
  const clients = new Map<string, Client>();
  const rooms = new Map<string, Room>();
  const changed = new Map<string, Map<string, Room>>();

  function learnRoom(room: Room): void {
    if (room.state === 'ended') rooms.delete(room.id);
    else if (room.version >= (rooms.get(room.id)?.version ?? 0)) rooms.set(room.id, room);
  }

  function noteChange(room: Room): void {
    learnRoom(room);
    if (room.namespaceId === null) return;
    const inNamespace = changed.get(room.namespaceId) ?? new Map<string, Room>();
    inNamespace.set(room.id, room);
    changed.set(room.namespaceId, inNamespace);
  }

  function forgetNamespace(id: string): void {
    namespaces.delete(id);
    changed.delete(id);
    for (const room of rooms.values()) if (room.namespaceId === id) rooms.delete(room.id);
  }

  const listening: Partial<SessionData> = {
    async createNamespace(id, now) {
      const isNew = await store.createNamespace(id, now);
      namespaces.add(id);
      return isNew;
    },
    async hasNamespace(id) {
      const isThere = await store.hasNamespace(id);
      if (isThere) namespaces.add(id);
      return isThere;
    },
    async removeNamespace(id, now) {
      const removed = await store.removeNamespace(id, now);
      forgetNamespace(id);
      return removed;
    },
    async saveRoom(room, facts, client) {
      const saved = await store.saveRoom(room, facts, client);
      if (saved !== undefined) noteChange(saved);
      if (saved !== undefined && client !== undefined) clients.set(client.id, client);
      return saved;
    },
    async saveClient(client) {
      await store.saveClient(client);
      clients.set(client.id, client);
    },
    async forgetClient(id) {
      await store.forgetClient(id);
      clients.delete(id);
    },
  };
  const data = new Proxy(store, {
    get(target, name: keyof SessionData) {
      const method = listening[name] ?? target[name];
      return typeof method === 'function' ? method.bind(target) : method;
    },
  });

  const isOurs = (room: Room): boolean =>
    room.members.some(({ clientId }) => directory.get(clientId)?.rooms.has(room.id));

  async function putBackRoom(room: Room): Promise<void> {
    if (await store.createRoom(room)) return;
    const there = await store.findRoom(room.id);
    if (there === undefined || there.changedAt >= room.changedAt) return;
    await store.saveRoom({ ...room, version: there.version });
  }

  return {
    data,
    takeChanged(namespaceId) {
      const inNamespace = changed.get(namespaceId);
      changed.delete(namespaceId);
      return [...(inNamespace?.values() ?? [])];
    },
    learn(changedRooms) {
      for (const room of changedRooms) learnRoom(room);
    },
    namespaces: () => [...namespaces],
    forgetNamespace,
    tidy() {
      for (const id of clients.keys()) if (directory.get(id) === undefined) clients.delete(id);
      for (const room of rooms.values()) if (!isOurs(room)) rooms.delete(room.id);
    },
    async putBack(namespaceId, now) {
      await store.createNamespace(namespaceId, now);
      for (const { id } of directory.everyoneIn(namespaceId)) {
        const client = clients.get(id);
        const there = client && (await store.findClient(id));
        const isLater = there === undefined || there.generation < (client?.generation ?? 0);
        if (client !== undefined && isLater) await store.saveClient(client);
      }
      for (const room of rooms.values()) {
        if (room.namespaceId === namespaceId && isOurs(room)) await putBackRoom(room);
      }
    },
  };
}
