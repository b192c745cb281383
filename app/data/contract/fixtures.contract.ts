import type { Client, Room, SessionData } from '../session-data.ts';

/** A store that a test may open, close, and have a child process open. */
export interface Store {
  /** Opens it, with what it held when it was last open. */
  open(): Promise<SessionData>;
  /** How another process opens it: `name`, exported by `module` (a URL), is called with `options`. */
  opener: { module: string; name: string; options: object };
  destroy(): Promise<void>;
}

/** Makes a store that is empty and that nobody else uses. */
export type StoreFactory = () => Promise<Store>;

/** How a group of tests gets at the open store of the running test. */
export interface StoreInTest {
  readonly data: SessionData;
  readonly opener: Store['opener'];
  /** Closes the store and opens it again; from then on `data` is the new one. */
  reopen(): Promise<SessionData>;
  /** Closes it, lets `meanwhile` run, and opens it again. */
  whileClosed(meanwhile: () => Promise<void>): Promise<SessionData>;
}

export const NOW = 1_760_000_000_000;

export const aRoom = (room: Partial<Room> = {}): Room => ({
  id: 'room',
  namespaceId: 'desk',
  state: 'open',
  version: 0,
  members: [],
  claimedBy: null,
  knockUntil: null,
  urgent: false,
  place: NOW,
  arrival: null,
  waitingSince: null,
  entry: null,
  patientId: null,
  ready: null,
  missedKnocks: 0,
  createdAt: NOW,
  changedAt: NOW,
  endReason: null,
  endedBy: null,
  ...room,
});

export const aClient = (client: Partial<Client> = {}): Client => ({
  id: 'client',
  namespaceId: 'desk',
  role: 'patient',
  generation: 1,
  leaseUntil: null,
  resumeHash: null,
  formerResumeHash: null,
  subject: null,
  atDesk: false,
  ...client,
});

/** Stores a new room in its final form, as a use case does: made first, then saved. */
export async function store(data: SessionData, room: Partial<Room>): Promise<Room> {
  await data.createRoom(aRoom({ id: room.id ?? 'room', namespaceId: room.namespaceId ?? 'desk' }));
  const made = await data.findRoom(room.id ?? 'room');
  const saved = made && (await data.saveRoom({ ...made, ...room }));
  if (saved === undefined) throw new Error(`the room ${room.id} could not be stored`);
  return saved;
}

export const ids = (rooms: readonly { id: string }[]): string[] => rooms.map((room) => room.id);

export const sortedIds = (rooms: readonly { id: string }[]): string[] => ids(rooms).sort();
