/** What stands in the place of a room or client that is on its way to another hash slot. */
export interface Mark {
  moving: { parcel: string; from: number };
}

/** Who has to do with what is on its way sees to it first that it arrives, and then looks again. */
export class OnTheMove extends Error {
  /** What it travels in, and the number of the shard that it leaves. */
  readonly moving: Mark['moving'];

  constructor(moving: Mark['moving']) {
    super('This is on its way to another hash slot.');
    this.moving = moving;
  }
}

/** What a room's or client's text says. @throws OnTheMove */
export function parsed<T extends object>(text: string | null): T | undefined {
  if (text === null) return undefined;
  const value = JSON.parse(text) as T | Mark;
  if ('moving' in value) throw new OnTheMove(value.moving);
  return value;
}

/** The same, where what is on its way counts as gone. */
export function staying<T extends object>(text: string | null): T | undefined {
  const value = text === null ? undefined : (JSON.parse(text) as T | Mark);
  return value === undefined || 'moving' in value ? undefined : value;
}
