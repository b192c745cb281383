import type { Passed } from '@telemedicine-signaling/protocol';
import { SignalingError } from '../errors/signaling-error.ts';

/**
 * The form that every payload must have before its schema looks at it (SPEC IN-2): a plain object, at
 * most `maxDepth` levels deep, without binary parts, without a key `__proto__` anywhere.
 *
 * Depth is bounded because serialising recurses; binary parts because no event carries any; `__proto__`
 * because a page that copies keys carelessly would change the prototype of what it copies to.
 * @throws SignalingError `invalid-payload`
 */
export function assertPlain(payload: unknown, maxDepth: number): asserts payload is Passed {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    throw new SignalingError('invalid-payload', 'The message must be one object.');
  }
  walk(payload, maxDepth);
}

function walk(value: object, depthLeft: number): void {
  if (depthLeft === 0)
    throw new SignalingError('invalid-payload', 'The message is nested too deep.');
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    throw new SignalingError('invalid-payload', 'The message must not carry binary parts.');
  }
  for (const key in value) {
    if (key === '__proto__') {
      throw new SignalingError('invalid-payload', 'A key must not be named __proto__.');
    }
    const inner = (value as Passed)[key];
    if (typeof inner === 'object' && inner !== null) walk(inner, depthLeft - 1);
  }
}
