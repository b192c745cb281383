/** Where one Redis process listens. */
export interface RedisPlace {
  host: string;
  port: number;
}

/** Who one is to a Redis process; absent where it asks nobody. */
export interface RedisLogin {
  username?: string;
  password?: string;
}

/** What a `REDIS_URL` says. */
export type RedisAddress =
  | { kind: 'one'; url: string }
  | {
      /** Sentinels that know the primary of this name, or nodes of a Redis Cluster. */
      kind: 'sentinel' | 'cluster';
      seeds: readonly [RedisPlace, ...RedisPlace[]];
      /** What Sentinel calls the primary; empty for a cluster. */
      name: string;
      tls: boolean;
      login: RedisLogin;
      /** For the sentinels, which have passwords of their own. */
      sentinelLogin: RedisLogin;
    };

const MANY =
  /^redis(s?)\+(sentinel|cluster):\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/([^/?#]*))?(?:\?([^#]*))?$/;

const PORTS = { sentinel: 26_379, cluster: 6379 };

/**
 * Reads `redis://` and `rediss://` (TLS) with one host; `redis+sentinel://host,host/name` and
 * `redis+cluster://host,host`, and the same with `rediss+`. Undefined if it is none of them.
 */
export function redisAddress(text: string): RedisAddress | undefined {
  if (/^rediss?:\/\/[^/?#]/.test(text) && URL.canParse(text)) return { kind: 'one', url: text };
  const [, s, kind, login = '', hosts = '', path = '', query = ''] = MANY.exec(text) ?? [];
  if (kind !== 'sentinel' && kind !== 'cluster') return undefined;
  const [first, ...others] = hosts.split(',').map((host) => placeOf(host, PORTS[kind]));
  const seeds = [first, ...others].filter((seed) => seed !== undefined);
  if (first === undefined || seeds.length <= others.length) return undefined;
  if ((path === '') !== (kind === 'cluster')) return undefined;
  try {
    const given = new URLSearchParams(query);
    return {
      kind,
      seeds: [first, ...seeds.slice(1)],
      name: decodeURIComponent(path),
      tls: s === 's',
      login: loginOf(login),
      sentinelLogin: compact(given.get('sentinel-user'), given.get('sentinel-password')),
    };
  } catch {
    return undefined;
  }
}

function placeOf(text: string, otherwise: number): RedisPlace | undefined {
  const url = URL.canParse(`redis://${text}`) ? new URL(`redis://${text}`) : undefined;
  if (url === undefined || url.hostname === '') return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: url.port === '' ? otherwise : Number(url.port) };
}

function loginOf(text: string): RedisLogin {
  const [username = '', ...rest] = text.split(':');
  return compact(decodeURIComponent(username), decodeURIComponent(rest.join(':')));
}

const compact = (username: string | null, password: string | null): RedisLogin => ({
  ...(username ? { username } : {}),
  ...(password ? { password } : {}),
});
