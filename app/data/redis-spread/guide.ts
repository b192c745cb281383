import { isDeepStrictEqual } from 'node:util';
import { SignalingError } from '../../errors/signaling-error.ts';
import { OnTheMove } from '../redis/on-the-move.ts';
import type { Shard } from '../redis/shard.ts';
import type { Client, Room } from '../session-data.ts';
import { type AfterStep, Moves } from './moves.ts';
import { type Kind, type Signpost, type Signposts, signpostTo } from './signposts.ts';

const TRIES = 20;

/** A shard by its number. */
export type Numbered = Shard & { n: number };

/** Finds the way: to the shard of a namespace, of a room, of a client, past whatever is on the move. */
export class Guide {
  readonly shards: readonly Numbered[];
  readonly signposts: Signposts;
  readonly moves: Moves;

  readonly afterStep: AfterStep;

  constructor(shards: readonly Shard[], signposts: Signposts, afterStep: AfterStep = () => {}) {
    this.afterStep = afterStep;
    this.shards = shards.map((shard, n) => ({ ...shard, n }));
    this.signposts = signposts;
    this.moves = new Moves(signposts, afterStep);
  }

  /** The shard that a name belongs to: a namespace's, or the home of an id. */
  homeOf(name: string): Numbered {
    return this.shard(this.signposts.homeOf(name));
  }

  shard(n: number): Numbered {
    return this.shards[n] as Numbered;
  }

  /**
   * Does it anew when what it met on the move has arrived, or, where that cannot be reached, is out of the
   * lists: then who asks for just that hears so.
   */
  async settled<T>(work: () => Promise<T>): Promise<T> {
    const failed = new Set<string>();
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const moving = movingIn(error);
        if (moving === undefined) throw error;
        await this.moves.complete(moving).catch((failure: unknown) => {
          if (failed.has(moving.parcel)) throw failure;
          failed.add(moving.parcel);
        });
      }
    }
    throw new SignalingError('store-unavailable');
  }

  /** The same for what looks at no room or client: whatever leaves the shard is out of it first. */
  async counted<T>({ n }: Numbered, count: () => Promise<T>): Promise<T> {
    const [underWay, answer] = await Promise.all([this.moves.underWay(n), count()]);
    if (underWay.length === 0) return answer;
    // What cannot arrive now is out of what is counted, too.
    await Promise.allSettled(underWay.map((moving) => this.moves.complete(moving)));
    return count();
  }

  /**
   * What `look` finds where this room or client is; undefined if it finds nothing there. It may be called
   * again elsewhere, or in the same place, only when it has found nothing.
   */
  async at<T>(
    kind: Kind,
    id: string,
    look: (shard: Numbered) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const hint = this.signposts.hint(kind, id);
    if (hint !== undefined) {
      const found = await look(this.shard(hint.shard));
      const isTrue =
        found !== undefined && (hint.isSure || (await this.#isHere(kind, id, hint.shard)));
      if (isTrue) return found;
      this.signposts.forget(kind, id);
    }
    let last: Signpost | undefined;
    for (;;) {
      const signpost = await this.signposts.find(kind, id);
      // Nothing is there, or where it was looked for already and has not gone on since.
      if (signpost === undefined || signpost.text === last?.text) return undefined;
      last = signpost;
      const found = await look(this.shard(signpost.shard));
      if (found !== undefined) {
        this.signposts.remember(kind, id, signpost.shard);
        return found;
      }
    }
  }

  /**
   * Whether what was met in a shard is there for others, too. A master that failed over may have lost that it
   * had gone: then it is somewhere else as well, and here no more.
   */
  async #isHere(kind: Kind, id: string, n: number): Promise<boolean> {
    const signpost = await this.signposts.find(kind, id);
    if (signpost?.shard !== n) {
      if (signpost !== undefined && (await this.#wasGhost(kind, id, n, signpost))) return false;
      await this.signposts.turn(kind, id, signpost, signpostTo(n));
    }
    this.signposts.remember(kind, id, n);
    return true;
  }

  /** Forgets it here if it is where this signpost leads, which has not been turned meanwhile. */
  async #wasGhost(kind: Kind, id: string, n: number, { text, shard }: Signpost): Promise<boolean> {
    const ghost = await this.#read(this.shard(n), kind, id);
    const isTurned = (await this.signposts.find(kind, id))?.text !== text;
    if (ghost === undefined || isTurned) return false;
    if ((await this.#read(this.shard(shard), kind, id)) === undefined) return false;
    await this.#forgetGhost(this.shard(n), kind, ghost);
    return true;
  }

  #read({ data }: Numbered, kind: Kind, id: string): Promise<Room | Client | undefined> {
    return kind === 'room' ? data.findRoom(id) : data.findClient(id);
  }

  #forgetGhost(
    { store, rooms, clients }: Numbered,
    kind: Kind,
    ghost: Room | Client,
  ): Promise<void> {
    return store.change([], async (changes) => {
      const { id } = ghost;
      const room = kind === 'room' ? await rooms.find(changes, id) : undefined;
      const client = kind === 'client' ? await clients.find(changes, id) : undefined;
      // It may have come back meanwhile, as what it is now.
      if (!isDeepStrictEqual(room ?? client, ghost)) return;
      if (room !== undefined) rooms.depart(changes, room);
      if (client !== undefined) clients.depart(changes, client);
    });
  }

  /** The number of the shard where it is. */
  whereIs(kind: Kind, id: string): Promise<number | undefined> {
    return this.at(kind, id, async (shard) => (await this.#read(shard, kind, id)) && shard.n);
  }

  /**
   * What all shards answer that can be reached; asked anew if one has met something on the move, which
   * others may have been asked for too early.
   * @param isEnough whether these answers do, where some cannot be reached
   * @throws SignalingError `store-unavailable` if none can, or that is not enough
   */
  everywhere<T>(
    ask: (shard: Numbered) => Promise<T>,
    isEnough: (answers: T[]) => boolean = (answers) => answers.length > 0,
  ): Promise<T[]> {
    return this.settled(async () => {
      const asked = await Promise.allSettled(this.shards.map(ask));
      const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const errors = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      const onTheMove = errors.find((error) => movingIn(error) !== undefined);
      if (onTheMove !== undefined) throw onTheMove;
      if (errors.length > 0 && !isEnough(answers)) throw errors[0];
      return answers;
    });
  }
}

function movingIn(error: unknown): OnTheMove['moving'] | undefined {
  const causes = [error, error instanceof Error ? error.cause : undefined];
  return causes.find((cause) => cause instanceof OnTheMove)?.moving;
}
