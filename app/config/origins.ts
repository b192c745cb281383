import { z } from 'zod';
import type { Variable } from './variable.ts';

/** A scheme, a host, perhaps a port, and nothing behind it: what a browser sends as `Origin`. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(\[[0-9a-f:.]+\]|[^\s/?#@:[\]\\,*]+)(:\d{1,5})?$/;

/** `*`, or origins separated by commas; blanks around them, capital letters and default ports are evened out. */
const originsSchema = z
  .string()
  .transform((given) => given.split(',').map((origin) => origin.trim()))
  .transform((origins) => (origins.length === 1 && origins[0] === '*' ? ('*' as const) : origins))
  .pipe(
    z.union([
      z.literal('*'),
      z.array(
        z
          .string()
          .toLowerCase()
          .regex(ORIGIN)
          .refine((origin) => URL.canParse(origin))
          .transform(asBrowsersSendIt),
      ),
    ]),
  );

/** Pages from these origins may talk to the server. */
export function origins(about: { description: string }): Variable<'*' | readonly string[]> {
  return {
    schema: originsSchema,
    fallback: '*',
    fallbackText: '*',
    allowed: '* or origins separated by commas, like https://a.example,https://b.example:8443',
    ...about,
  };
}

/** For schemes of its own, such as an app's `capacitor://`, URL knows no origin: they stay as written. */
function asBrowsersSendIt(origin: string): string {
  const known = new URL(origin).origin;
  return known === 'null' ? origin : known;
}
