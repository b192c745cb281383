import { redisClient } from './link.ts';

/** What a Redis says of itself. */
export interface RedisState {
  version: string;
  /** `master` takes changes. */
  role: string;
  /** What it throws out when it is full, and whether it keeps a log of changes; undefined: it does not say. */
  evictionPolicy: string | undefined;
  appendOnly: boolean | undefined;
  /** Its clock, in milliseconds since 1970, and how far that may be off by the way here. */
  now: number;
  uncertainMs: number;
}

/**
 * Asks the Redis of this address, with Sentinel or a Redis Cluster the primary, how it is.
 * @param patienceMs how long all of it may take
 * @throws Error what the way to it, or it, does not like
 */
export async function probeRedis(
  { url, prefix }: { url: string; prefix: string },
  patienceMs: number,
): Promise<RedisState> {
  let fail: (error: unknown) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const timer = setTimeout(() => fail(new Error('it does not answer in time')), patienceMs);
  const redis = redisClient({ url, prefix, onError: fail });
  const ask = <T>(...words: string[]) => redis.sendCommand<T>(words);
  /** A Redis of a provider may keep that to itself. */
  const setting = async (name: string) =>
    (await ask<string[]>('CONFIG', 'GET', name).catch(() => []))[1];
  async function look(): Promise<RedisState> {
    await redis.connect();
    const info = await ask<string>('INFO', 'server');
    const [role] = await ask<[string]>('ROLE');
    const asked = performance.now();
    const [seconds, micros] = await ask<[string, string]>('TIME');
    const tookMs = performance.now() - asked;
    const appendOnly = await setting('appendonly');
    return {
      version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? '',
      role,
      evictionPolicy: await setting('maxmemory-policy'),
      appendOnly: appendOnly === undefined ? undefined : appendOnly === 'yes',
      now: Number(seconds) * 1000 + Number(micros) / 1000 + tookMs / 2,
      uncertainMs: tookMs / 2,
    };
  }
  try {
    return await Promise.race([look(), failure]);
  } finally {
    clearTimeout(timer);
    redis.destroy();
  }
}
