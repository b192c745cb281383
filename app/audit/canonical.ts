export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * JSON in one form only, so that one content has one hash: no blanks, keys in the order of their UTF-16
 * code units (RFC 8785, for text and whole numbers).
 */
export function canonical(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  const entries = Object.keys(value)
    .sort()
    .map((key) => entry(key, value[key] as Json));
  return `{${entries.join(',')}}`;
}

const entry = (key: string, value: Json): string => `${JSON.stringify(key)}:${canonical(value)}`;

/** `Array.isArray` does not tell a readonly list from an object. */
const isList = (value: object): value is readonly Json[] => Array.isArray(value);
