import { type Passed, RELAY_EVENTS } from '@telemedicine-signaling/protocol';

/** Where a payload keeps the JSON that it was read from. */
const TEXT = Symbol('the JSON of this payload');

/** What goes on to another client as it came (SPEC RELAY-1). */
const RELAYED: ReadonlySet<unknown> = new Set([...RELAY_EVENTS, 'ack-doctor-entered']);

/**
 * Lets the payload of a relayed event remember the JSON that it came as, so that it goes on without being
 * written anew. `heard`: the event's name and arguments, as read from `frame` at `start`.
 */
export function rememberText(heard: unknown[], frame: string, start: number): void {
  const [event, payload] = heard;
  if (heard.length !== 2 || !RELAYED.has(event) || typeof payload !== 'object' || !payload) return;
  const before = `["${event}",{`;
  if (frame.startsWith(before, start) && frame.endsWith('}]')) {
    (payload as { [TEXT]?: string })[TEXT] = frame.slice(start + before.length - 1, -1);
  }
}

/** A relayed message, as the JSON that goes out. */
export class OwnWords {
  /** What the sender wrote, and what this server adds to it. */
  readonly pieces: readonly [string, string];

  constructor(written: string, added: string) {
    this.pieces = [written, added];
  }

  toJSON(): unknown {
    return JSON.parse(this.pieces.join(''));
  }
}

/**
 * What was sent, with the sender's true id as `from` (SPEC WHO-2): in the sender's own words where these
 * say what was checked and nothing else, else written anew. A key that stands twice in the JSON is read by
 * some as the first, by others as the last; and whoever writes a `from` does not get it through.
 */
export function withFrom(sent: Passed, from: string): OwnWords | (Passed & { from: string }) {
  const text = (sent as { [TEXT]?: string })[TEXT];
  const isPlain = text !== undefined && !('from' in sent) && keysIn(text) === keysOf(sent);
  if (!isPlain) return { ...sent, from };
  return new OwnWords(text.slice(0, -1), `,"from":"${from}"}`);
}

/** How many keys a value has, at all depths. */
function keysOf(value: object): number {
  let keys = 0;
  const isList = Array.isArray(value);
  for (const key in value) {
    if (!isList) keys += 1;
    const inner = (value as Record<string, unknown>)[key];
    if (typeof inner === 'object' && inner !== null) keys += keysOf(inner);
  }
  return keys;
}

/**
 * How often a colon follows a quotation mark in JSON: for every key at least once, and more often where a
 * text has that in it too.
 */
function keysIn(text: string): number {
  let keys = 0;
  for (let at = text.indexOf('"'); at !== -1; at = text.indexOf('"', at + 1)) {
    let next = at + 1;
    while (isSpace(text.charCodeAt(next))) next += 1;
    if (text.charCodeAt(next) === COLON) keys += 1;
  }
  return keys;
}

/** White space of JSON (RFC 8259, section 2). */
const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

const COLON = 0x3a;
