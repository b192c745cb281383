import { SignalingError } from '../errors/signaling-error.ts';

/** A text that is an object or an array in JSON, as pages make it with `JSON.stringify(description)`. */
const JSON_TEXT = /^\s*[{[]/;
/** As deep as `assertPlain` lets a payload be; what is JSON in a text has not been through it. */
const MAX_LEVELS = 32;

/**
 * Visits every text in a payload, however deep, with the key that it stands under; in an array that
 * is the array's key. A text that is JSON is looked into instead, once.
 * @throws SignalingError `invalid-payload` past 32 levels, since it recurses
 */
export function eachText(payload: unknown, visit: (key: string, text: string) => void): void {
  look('', payload, visit, MAX_LEVELS, true);
}

function look(
  key: string,
  value: unknown,
  visit: (key: string, text: string) => void,
  levelsLeft: number,
  isOutside: boolean,
): void {
  if (typeof value === 'string') {
    const inner = isOutside && JSON_TEXT.test(value) ? parsed(value) : undefined;
    if (inner === undefined) visit(key, value);
    else look(key, inner, visit, levelsLeft, false);
  } else if (typeof value === 'object' && value !== null) {
    if (levelsLeft === 0) {
      throw new SignalingError('invalid-payload', 'The message is nested too deep.');
    }
    const below = levelsLeft - 1;
    if (Array.isArray(value)) {
      for (const item of value) look(key, item, visit, below, isOutside);
    } else {
      for (const name in value) {
        look(name, (value as Record<string, unknown>)[name], visit, below, isOutside);
      }
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
