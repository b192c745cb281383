import { SignalingError } from '../errors/signaling-error.ts';
import { eachText } from './carried-text.ts';

export interface DescriptionLimits {
  /** Bytes of UTF-8 of one SDP. */
  descriptionBytes: number;
}

/**
 * A description without fault, told at once; for all others the lines are gone through, to say what is wrong.
 * Takes time in proportion to the text: each part is told by its first character.
 */
const FLAWLESS = /^v=0\r?\n(?:(?:a=(?!crypto)|[b-jl-z]=)[ -~\u00a0-\uffff]+(?:\r?\n|$))*$/;
const FIRST_LINE = /^v=0\r?\n/;

/**
 * Looks at every session description that a payload carries (SPEC MEDIA-1): each text under a key
 * `sdp`, at any depth, and each text that begins as SDP does, whatever its key. An empty `sdp` is a
 * rollback's. All else in the payload is the pages' own business.
 *
 * @param payload Has passed `assertPlain`.
 * @throws SignalingError `invalid-payload`, which does not tell what was in it
 */
export function assertDescription(payload: unknown, limits: DescriptionLimits): void {
  eachText(payload, (key, text) => {
    if (key === 'sdp' ? text !== '' : FIRST_LINE.test(text)) {
      assertSdp(text, limits.descriptionBytes);
    }
  });
}

/** One SDP: its size (SPEC MEDIA-2), its lines (SPEC MEDIA-3) and no keys in it (SPEC MEDIA-4). */
function assertSdp(sdp: string, maxBytes: number): void {
  // Counting bytes costs a pass over the text, which its length often spares.
  if (sdp.length * 3 > maxBytes && Buffer.byteLength(sdp) > maxBytes) {
    throw refused(`A session description must not be over ${maxBytes} bytes.`);
  }
  if (FLAWLESS.test(sdp)) return;
  if (!FIRST_LINE.test(sdp)) throw refused('A session description must begin with v=0.');
  let line = 1;
  for (let start = 0; start < sdp.length; line += 1) {
    const end = endOfText(sdp, start);
    assertLine(sdp, start, end, line);
    start = end + lengthOfBreak(sdp, end, line);
  }
}

/** Where the line's text ends: at the first control character, or at the end of it all. */
function endOfText(sdp: string, start: number): number {
  for (let at = start; at < sdp.length; at += 1) {
    const code = sdp.charCodeAt(at);
    if (code < SPACE || (code >= DELETE && code <= LAST_CONTROL)) return at;
  }
  return sdp.length;
}

/** A line is a small letter, `=` and at least one character (RFC 8866, section 5). */
function assertLine(sdp: string, start: number, end: number, line: number): void {
  const type = sdp.charCodeAt(start);
  const isLine =
    end >= start + 3 && type >= SMALL_A && type <= SMALL_Z && sdp.charCodeAt(start + 1) === EQUALS;
  if (!isLine) throw refused(`Line ${line} of a session description is not like a=value.`);
  // Keys of media would pass through here; with DTLS they never do (RFC 8827, section 6.5).
  if (type === SMALL_K || sdp.startsWith('a=crypto', start)) {
    throw refused('A session description must not carry keys (a=crypto, k=): use DTLS-SRTP.');
  }
}

/** Lines end with CRLF, as they should, or with LF alone; the last one may lack it. */
function lengthOfBreak(sdp: string, end: number, line: number): number {
  if (end === sdp.length) return 0;
  const code = sdp.charCodeAt(end);
  if (code === LINE_FEED) return 1;
  if (code === CARRIAGE_RETURN && sdp.charCodeAt(end + 1) === LINE_FEED) return 2;
  throw refused(`Line ${line} of a session description has a control character.`);
}

const refused = (why: string) => new SignalingError('invalid-payload', why);

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const EQUALS = 0x3d;
const SMALL_A = 0x61;
const SMALL_K = 0x6b;
const SMALL_Z = 0x7a;
const DELETE = 0x7f;
const LAST_CONTROL = 0x9f;
