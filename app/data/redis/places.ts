import type { Changes } from './transaction.ts';

/** One entry of an index: where something can be found beside its own key. */
export type Place =
  | { set: string; member: string }
  | { sorted: string; member: string; score: number }
  | { text: string; value: string };

const keyOf = (place: Place): string => {
  if ('set' in place) return `${place.set} ${place.member}`;
  if ('sorted' in place) return `${place.sorted} ${place.member} ${place.score}`;
  return `${place.text} ${place.value}`;
};

/** Writes what differs between the entries that something had and those that it has now. */
export function move(changes: Changes, before: readonly Place[], after: readonly Place[]): void {
  const had = new Set(before.map(keyOf));
  const has = new Set(after.map(keyOf));
  for (const place of before) {
    if (has.has(keyOf(place))) continue;
    if ('set' in place) changes.write('SREM', place.set, place.member);
    else if ('sorted' in place) changes.write('ZREM', place.sorted, place.member);
    else changes.write('DEL', place.text);
  }
  for (const place of after) {
    if (had.has(keyOf(place))) continue;
    if ('set' in place) changes.write('SADD', place.set, place.member);
    else if ('sorted' in place) changes.write('ZADD', place.sorted, place.score, place.member);
    else changes.write('SET', place.text, place.value);
  }
}
