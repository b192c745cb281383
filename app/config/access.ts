import type { Values } from './variables.ts';
import { webhookContradictions } from './webhooks.ts';

const hasKeys = ({ JWT_SECRET, JWT_PUBLIC_KEY, JWKS_URL }: Values): boolean =>
  JWT_SECRET !== undefined || JWT_PUBLIC_KEY !== undefined || JWKS_URL !== undefined;

/** Who has keys means tokens. */
export const accessModeOf = (values: Values): 'open' | 'jwt' =>
  values.AUTH ?? (hasKeys(values) ? 'jwt' : 'open');

const KEYS = 'JWT_SECRET, JWT_PUBLIC_KEY or JWKS_URL';

/** What each variable for itself does not show: settings that do not fit together. */
export function* contradictionsIn(values: Values): Generator<string> {
  const { AUTH, NODE_ENV, JWT_SECRET, JWT_SECRET_PREVIOUS } = values;
  if (AUTH === 'jwt' && !hasKeys(values)) {
    yield `AUTH: jwt needs a key for access tokens. Give ${KEYS}.`;
  }
  // A hospital must not stand open because somebody forgot a line.
  if (AUTH === undefined && NODE_ENV === 'production' && !hasKeys(values)) {
    yield `AUTH: production needs a key for access tokens (${KEYS}), or AUTH=open written out.`;
  }
  if (JWT_SECRET_PREVIOUS !== undefined && JWT_SECRET === undefined) {
    yield 'JWT_SECRET_PREVIOUS: is good only beside JWT_SECRET.';
  }
  // A list with a mistake in it is undefined here, and was named already.
  const hasTurn = values.TURN_URLS?.length !== 0;
  const { TURN_SECRET, TURN_SECRET_PREVIOUS } = values;
  if (hasTurn && TURN_SECRET === undefined) {
    yield 'TURN_URLS: credentials for it are made with TURN_SECRET. Give that, too.';
  }
  if (TURN_SECRET !== undefined && !hasTurn) {
    yield 'TURN_SECRET: says nothing without TURN_URLS. Give those, too.';
  }
  if (TURN_SECRET_PREVIOUS !== undefined && TURN_SECRET === undefined) {
    yield 'TURN_SECRET_PREVIOUS: is good only beside TURN_SECRET.';
  }
  yield* webhookContradictions(values);
}
