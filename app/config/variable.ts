import { z } from 'zod';

/** One environment variable: how its text is read, and what the documentation says of it. */
export interface Variable<Value> {
  schema: z.ZodType<Value, string>;
  /** Used when the variable is absent or empty. */
  fallback: Value;
  /** The fallback as documented, in the variable's own notation. */
  fallbackText: string;
  /** What is allowed, for whoever got it wrong. */
  allowed: string;
  description: string;
  unit?: string | undefined;
  /** Never shown, not even in a message about a mistake in it. */
  secret?: boolean | undefined;
}

interface About {
  description: string;
  unit?: string;
  secret?: boolean;
}

interface Bounds {
  min: number;
  max: number;
}

/** One of a few words. */
export function choice<const Word extends string>(
  words: readonly [Word, ...Word[]],
  fallback: NoInfer<Word>,
  about: About,
): Variable<Word> {
  return {
    schema: z.enum(words),
    fallback,
    fallbackText: fallback,
    allowed: words.join(', '),
    ...about,
  };
}

/** A whole number, written in decimal digits. Bounds are inclusive. */
export function whole(
  { min, max, fallback }: Bounds & { fallback: number },
  about: About,
): Variable<number> {
  return {
    schema: z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(min).max(max)),
    fallback,
    fallbackText: String(fallback),
    allowed: `a whole number from ${min} to ${max}`,
    ...about,
  };
}

/** A number, fractions allowed (`0.5`), written in decimal digits. Bounds are inclusive. */
export function decimal(
  { min, max, fallback }: Bounds & { fallback: number },
  about: About,
): Variable<number> {
  return {
    schema: z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number)
      .pipe(z.number().min(min).max(max)),
    fallback,
    fallbackText: String(fallback),
    allowed: `a number from ${min} to ${max}`,
    ...about,
  };
}

/** Any text that the schema lets through. */
export function text(
  schema: z.ZodType<string, string>,
  given: { fallback: string; allowed: string },
  about: About,
): Variable<string> {
  return { schema, fallbackText: given.fallback, ...given, ...about };
}

/** Like `variable`, but absent means that another rule decides, which `fallbackText` explains. */
export function optional<Value>(
  variable: Variable<Value>,
  fallbackText: string,
): Variable<Value | undefined> {
  return { ...variable, fallback: undefined, fallbackText };
}
