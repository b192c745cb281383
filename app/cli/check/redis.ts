import { type Finding, failed, ok, reasonOf, warning } from './finding.ts';

/** What a Redis says of itself, as far as it matters here. */
export interface SeenRedis {
  version: string;
  role: string;
  evictionPolicy: string | undefined;
  appendOnly: boolean | undefined;
  now: number;
  uncertainMs: number;
}

/** Asks the Redis of `REDIS_URL`. @throws Error what it, or the way to it, does not like */
export type ProbeRedis = (url: string, patienceMs: number) => Promise<SeenRedis>;

const OLDEST = [6, 2] as const;

/** Whether nodes can share this Redis (docs/OPERATIONS.md). */
export function checkRedis(seen: SeenRedis): Finding[] {
  const [major = 0, minor = 0] = seen.version.split('.').map(Number);
  const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
  if (!isNewEnough) {
    return [failed('Redis', `is of version ${seen.version}`, `Take ${OLDEST.join('.')} or newer.`)];
  }
  if (seen.role !== 'master') {
    const remedy = 'Give the address of the primary in REDIS_URL, or let Sentinel name it.';
    return [failed('Redis', `is a replica (${seen.role}), which takes no changes`, remedy)];
  }
  const findings = [ok('Redis', `answers, version ${seen.version}, the primary`)];
  if (seen.evictionPolicy !== undefined && seen.evictionPolicy !== 'noeviction') {
    const says = `throws out data when it is full (maxmemory-policy ${seen.evictionPolicy})`;
    findings.push(warning('Redis', says, 'Set maxmemory-policy noeviction.'));
  }
  if (seen.appendOnly === false) {
    const says = 'forgets the last changes when it is killed (appendonly no)';
    findings.push(warning('Redis', says, 'Set appendonly yes.'));
  }
  return findings;
}

/** Why it could not be asked, and what to do. The address may hold a password, and is not shown. */
export function unreachableRedis(error: unknown): Finding {
  const why = reasonOf(error);
  return failed('Redis', `cannot be asked: ${why}`, remedyOf(why));
}

function remedyOf(why: string): string {
  if (/WRONGPASS|NOAUTH|NOPERM/.test(why)) return 'Correct user and password in REDIS_URL.';
  if (/certificate|self.signed|altnames|SSL|TLS/i.test(why)) {
    return 'Name its authority in NODE_EXTRA_CA_CERTS, and it as its certificate does.';
  }
  return 'Start Redis, open the way to it, or correct REDIS_URL.';
}
