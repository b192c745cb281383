/**
 * Which pair of peer connections a message belongs to (SPEC CALL-3). When a connection cannot be saved,
 * or a page was reloaded, a side begins a new one with a greater number; what still comes of an older
 * one is stale.
 */
export type Epoch = number;

export type Verdict =
  /** It belongs to the connection of now. */
  | 'current'
  /** It belongs to one that is gone. */
  | 'stale'
  /** The other side has begun anew: so does this one. */
  | 'newer';

/** `theirs` is undefined from a page that knows no epochs: always of now. */
export function judge(mine: Epoch, theirs: unknown): Verdict {
  if (typeof theirs !== 'number' || !Number.isSafeInteger(theirs) || theirs === mine)
    return 'current';
  return theirs > mine ? 'newer' : 'stale';
}
