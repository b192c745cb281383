import { type CryptoKey, createLocalJWKSet, errors } from 'jose';
import type { Clock } from '../clock.ts';
import { type FetchBounds, fetchKeySet, KEY_SET_BOUNDS } from './fetch-key-set.ts';
import type { KeySource } from './keys.ts';
import type { TokenHeader } from './signed-text.ts';

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** Keys older than this are fetched anew, beside the tokens that are verified meanwhile. */
const MAX_AGE_MS = 10 * 60 * 1000;
/** Least time between two fetches, whatever asks for them: a made-up `kid` costs the publisher nothing. */
const COOLDOWN_MS = 60 * 1000;
/** The same while there has never been a key: all tokens wait for it. */
const FIRST_COOLDOWN_MS = 5 * 1000;
/** Keys tried for one token: each costs a signature check. */
const MAX_CANDIDATES = 16;

export interface RemoteKeysParts {
  address: string;
  clock: Clock;
  /** Hears, once a failed fetch, why there are no new keys; the last good ones stay. */
  onTrouble?: ((why: string) => void) | undefined;
  bounds?: FetchBounds | undefined;
}

/**
 * Public keys from a JWKS address (SPEC AUTH-16 … AUTH-18). jose's own remote set drops its keys when a
 * refresh fails and has no pause between failed ones; so the fetching is here, and the choosing is jose's.
 */
export class RemoteKeys implements KeySource {
  readonly algorithms = ['RS256', 'ES256', 'EdDSA'];
  readonly #parts: RemoteKeysParts;
  #keys: KeySet | undefined;
  #fetchedAt = 0;
  #triedAt: number | undefined;
  #underWay: Promise<void> | undefined;
  #trouble = '';

  constructor(parts: RemoteKeysParts) {
    this.#parts = parts;
  }

  async prepare(): Promise<void> {
    await this.#refresh(FIRST_COOLDOWN_MS);
    if (this.#keys === undefined) throw new Error(this.#trouble);
  }

  async keysFor(header: TokenHeader): Promise<readonly CryptoKey[]> {
    if (this.#keys === undefined) await this.#refresh(FIRST_COOLDOWN_MS);
    else if (this.#hasPassed(MAX_AGE_MS, this.#fetchedAt)) void this.#refresh(COOLDOWN_MS);
    const known = await choose(this.#keys, header);
    if (known.length > 0 || this.#keys === undefined) return known;
    await this.#refresh(COOLDOWN_MS);
    return choose(this.#keys, header);
  }

  /** Fetches, unless that was tried too short a time ago; never rejects. One at a time: others join it. */
  #refresh(cooldownMs: number): Promise<void> {
    if (this.#underWay !== undefined) return this.#underWay;
    if (this.#triedAt !== undefined && !this.#hasPassed(cooldownMs, this.#triedAt))
      return Promise.resolve();
    this.#triedAt = this.#parts.clock.now();
    this.#underWay = this.#fetch().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #fetch(): Promise<void> {
    const { address, clock, onTrouble, bounds = KEY_SET_BOUNDS } = this.#parts;
    try {
      this.#keys = readKeySet(await fetchKeySet(address, bounds));
      this.#fetchedAt = clock.now();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // Without the query: it may hold a key of its own.
      const { origin, pathname } = new URL(address);
      this.#trouble = `No keys for tokens from ${origin}${pathname}: ${reason}.`;
      onTrouble?.(this.#trouble);
    }
  }

  /** A clock that was set back must not hold the keys up until it has caught up. */
  #hasPassed(durationMs: number, since: number): boolean {
    const passed = this.#parts.clock.now() - since;
    return passed < 0 || passed >= durationMs;
  }
}

function readKeySet(json: unknown): KeySet {
  try {
    return createLocalJWKSet(json as Parameters<typeof createLocalJWKSet>[0]);
  } catch {
    throw new Error('what it answered is not a JSON Web Key Set');
  }
}

/** Only public signing keys for this algorithm; with a `kid` in the header, only those of this name. */
async function choose(keys: KeySet | undefined, { alg, kid }: TokenHeader): Promise<CryptoKey[]> {
  if (keys === undefined) return [];
  try {
    return [await keys({ alg, ...(kid !== undefined && { kid }) })];
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return [];
    const several: CryptoKey[] = [];
    for await (const key of error) {
      several.push(key);
      if (several.length === MAX_CANDIDATES) break;
    }
    return several;
  }
}
