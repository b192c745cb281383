import { expect } from 'vitest';

/** What is another one every time, or another server's: only its kind is compared. */
const VARYING: ReadonlySet<string> = new Set([
  'token',
  'invitation',
  'fragment',
  'resume-token',
  'username',
  'credential',
  'expires-at',
  'ice-expires-at',
  'waiting-since',
  'features',
  'limits',
]);

/** What is expected of something that an example shows: the same, but for what varies. */
export function like(example: unknown, varying: readonly string[] = []): unknown {
  if (Array.isArray(example)) return example.map((one) => like(one, varying));
  if (typeof example !== 'object' || example === null) return example;
  return Object.fromEntries(
    Object.entries(example).map(([key, value]) => [
      key,
      VARYING.has(key) || varying.includes(key)
        ? expect.any(Object(value).constructor)
        : like(value, varying),
    ]),
  );
}

/** A value in which every text that is a name of `names` has become what that stands for. */
export function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return names.get(value) ?? value;
  if (Array.isArray(value)) return value.map((one) => renamed(one, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamed(one, names)]));
}
