import type { Arena } from './arena.ts';
import { type Attack, CAST, VILLAINS, Villain, type VillainName } from './villain.ts';

let batches = 0;

/** All villains of one batch, so that a case depends on nothing that happened before its batch. */
export class Gang {
  readonly #known = new Map<string, string>();
  readonly #villains: ReadonlyMap<VillainName, Villain>;

  constructor(arena: Arena) {
    batches += 1;
    for (const room of [0, 1, 2, 3]) this.#known.set(`room-${room}`, `r${batches}-${room}`);
    for (const practice of ['elsewhere', 'ward'] as const) {
      const { doctor, patient } = arena.honestIn(practice);
      this.#known.set(`${practice}-doctor`, doctor).set(`${practice}-patient`, patient);
    }
    this.#villains = new Map(
      VILLAINS.map((name) => [name, new Villain(name, arena, this.#known)] as const),
    );
  }

  /**
   * Each does its part in order, side by side with the others. Answers how often the server answered
   * instead of cutting the connection.
   */
  async play(attacks: readonly Attack[]): Promise<number> {
    try {
      await this.#arrive(attacks);
      const answered = await Promise.all(VILLAINS.map((name) => this.#playAs(name, attacks)));
      return answered.reduce((sum, one) => sum + one, 0);
    } finally {
      for (const villain of this.#villains.values()) villain.close();
    }
  }

  async #arrive(attacks: readonly Attack[]): Promise<void> {
    const needed = VILLAINS.filter((name) => attacks.some((attack) => attack.as === name));
    // Guests come last: there has to be a room.
    for (const isGuest of [false, true]) {
      const coming = needed.filter((name) => (CAST[name].role === 'guest') === isGuest);
      await Promise.all(coming.map((name) => this.#get(name).arrive(true)));
    }
  }

  async #playAs(name: VillainName, attacks: readonly Attack[]): Promise<number> {
    let answered = 0;
    for (const attack of attacks) {
      if (attack.as === name && (await this.#get(name).play(attack)) === 'answered') answered += 1;
    }
    return answered;
  }

  #get(name: VillainName): Villain {
    return this.#villains.get(name) as Villain;
  }
}
