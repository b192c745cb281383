import { SignalingError } from '../../errors/signaling-error.ts';
import { OnTheMove } from '../redis/on-the-move.ts';
import type { Shard } from '../redis/shard.ts';
import { type AfterStep, Moves } from './moves.ts';
import type { Kind, Signpost, Signposts } from './signposts.ts';

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

  /** Does it anew when what it met on the move has arrived. */
  async settled<T>(work: () => Promise<T>): Promise<T> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      try {
        return await work();
      } catch (error) {
        const moving = movingIn(error);
        if (moving === undefined) throw error;
        await this.moves.complete(moving);
      }
    }
    throw new SignalingError('store-unavailable');
  }

  /** The same for what looks at no room or client: whatever leaves the shard is out of it first. */
  async counted<T>({ n }: Numbered, count: () => Promise<T>): Promise<T> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const [underWay, answer] = await Promise.all([this.moves.underWay(n), count()]);
      if (underWay.length === 0) return answer;
      for (const moving of underWay) await this.moves.complete(moving);
    }
    throw new SignalingError('store-unavailable');
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
      if (found === undefined) this.signposts.forget(kind, id);
      else {
        if (!hint.isSure) await this.signposts.assure(kind, id, hint.shard);
        return found;
      }
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

  /** The number of the shard where it is. */
  whereIs(kind: Kind, id: string): Promise<number | undefined> {
    return this.at(kind, id, async ({ data, n }) => {
      const found = await (kind === 'room' ? data.findRoom(id) : data.findClient(id));
      return found && n;
    });
  }

  /**
   * What all shards answer that can be reached; asked anew if one has met something on the move, which
   * others may have been asked for too early.
   * @throws SignalingError `store-unavailable` if none can
   */
  everywhere<T>(ask: (shard: Numbered) => Promise<T>): Promise<T[]> {
    return this.settled(async () => {
      const asked = await Promise.allSettled(this.shards.map(ask));
      const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const errors = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      const onTheMove = errors.find((error) => movingIn(error) !== undefined);
      if (onTheMove !== undefined || answers.length === 0) throw onTheMove ?? errors[0];
      return answers;
    });
  }
}

function movingIn(error: unknown): OnTheMove['moving'] | undefined {
  const causes = [error, error instanceof Error ? error.cause : undefined];
  return causes.find((cause) => cause instanceof OnTheMove)?.moving;
}
