import { NOW } from '../support/tokens/world.ts';
import { GOOD_TOKEN, SETTINGS, SIGNATURES, type TokenCase, textOf } from './tokens.ts';

type Json = Record<string, unknown>;

/**
 * The rules of access tokens a second time, over the recipe of a token and not its text: SPEC AUTH-10 …
 * AUTH-27. True exactly for the tokens that may be taken.
 */
export function isGoodToken(one: TokenCase): boolean {
  if ('text' in one) return one.text === GOOD_TOKEN;
  const [header, payload] = [readObject(one.header), readObject(one.payload)];
  if (header === undefined || payload === undefined) return false;
  const isWellFormed =
    textOf(one).length <= 8192 &&
    absentOr(header.kid, (kid) => isText(kid, 1, 256)) &&
    absentOr(header.typ, (typ) => /^(application\/)?(at\+)?jwt$/i.test(String(typ))) &&
    (header.typ === undefined || typeof header.typ === 'string') &&
    header.crit === undefined;
  const algorithm = SIGNATURES[one.by];
  const isSigned = algorithm !== undefined && header.alg === algorithm;
  return isWellFormed && isSigned && areGoodClaims(payload);
}

function areGoodClaims(claims: Json): boolean {
  const { iss, aud, exp, nbf, iat, sub, role, room, urgent, jti } = claims;
  const audiences = Array.isArray(aud) ? aud : [aud];
  const isForUs =
    iss === SETTINGS.issuer &&
    audiences.every((one) => typeof one === 'string') &&
    audiences.includes(SETTINGS.audience);
  const isInTime =
    typeof exp === 'number' &&
    exp > NOW - 60 &&
    exp <= NOW + 86_460 &&
    absentOr(nbf, (at) => typeof at === 'number' && at <= NOW + 60) &&
    absentOr(iat, (at) => typeof at === 'number' && at <= NOW + 60);
  return (
    isForUs &&
    isInTime &&
    isPlain(sub) &&
    ['doctor', 'patient', 'guest', 'service'].includes(role as string) &&
    typeof role === 'string' &&
    areGoodNamespaces(claims) &&
    absentOr(room, isId) &&
    absentOr(urgent, (is) => typeof is === 'boolean') &&
    absentOr(jti, isPlain)
  );
}

function areGoodNamespaces({ namespaces, namespace, role }: Json): boolean {
  if ((namespaces === undefined) === (namespace === undefined)) return false;
  const all: unknown = namespace === undefined ? namespaces : [namespace];
  if (!Array.isArray(all) || all.length === 0 || all.length > 100) return false;
  return all.every((one) => isId(one) || (one === '*' && role === 'service'));
}

const absentOr = (value: unknown, is: (value: unknown) => boolean): boolean =>
  value === undefined || is(value);
const isText = (value: unknown, min: number, max: number): boolean =>
  typeof value === 'string' && value.length >= min && value.length <= max;
const isId = (value: unknown): boolean =>
  typeof value === 'string' && /^[A-Za-z0-9._~@:-]+$/.test(value) && value.length <= 128;

/** 1 to 128 characters, of which none is a control character or half of one. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'string' || asUtf8(value) !== value) return false;
  const { length } = [...value];
  return length >= 1 && length <= 128 && !/\p{Cc}/u.test(value);
}

/** The object that this JSON is; undefined if it is none, or can be read in two ways. */
function readObject(json: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(asUtf8(json));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (!isObject || countNames(value) !== countWritten(json)) return undefined;
    return value as Json;
  } catch {
    return undefined;
  }
}

/** In UTF-8, which a token is written in, half a surrogate pair becomes a character of its own. */
const asUtf8 = (text: string): string => Buffer.from(text).toString();

const countWritten = (json: string): number =>
  json.replace(/"(?:[^"\\]|\\.)*"/gs, 's').match(/s\s*:/g)?.length ?? 0;

const countNames = (value: unknown): number =>
  typeof value !== 'object' || value === null
    ? 0
    : Object.values(value).reduce<number>(
        (sum, inner) => sum + countNames(inner),
        Array.isArray(value) ? 0 : Object.keys(value).length,
      );
