import { isIP, isIPv4, isIPv6 } from 'node:net';

/**
 * The rules of descriptions and candidates a second time, read straight off the specification and
 * without a care for speed: what the server takes and what it refuses has to be the same.
 */

/** SPEC MEDIA-2, MEDIA-3, MEDIA-4. */
export function isGoodSdp(sdp: string, maxBytes: number): boolean {
  const lines = sdp.split(/\r\n|\n/);
  if (lines.at(-1) === '') lines.pop();
  return (
    Buffer.byteLength(sdp) <= maxBytes &&
    /^v=0\r?\n/.test(sdp) &&
    lines.every((line) => /^[a-z]=\P{Cc}+$/su.test(line)) &&
    !lines.some((line) => line.startsWith('k=') || line.startsWith('a=crypto'))
  );
}

const isToken = (text: string | undefined): boolean =>
  text !== undefined && /^[\w!#$%&'*+.^`{|}~-]+$/.test(text);
const isNumber = (text: string | undefined, digits: number): boolean =>
  text !== undefined && /^[0-9]+$/.test(text) && text.length <= digits;
const isPort = (text: string | undefined): boolean => isNumber(text, 5) && Number(text) <= 65_535;

function isAddress(text: string | undefined): boolean {
  if (text === undefined || text.length > 253) return false;
  if (isIP(text) !== 0) return isIPv4(text) || (isIPv6(text) && !text.includes('%'));
  const labels = text.split('.');
  const areLabels = labels.every(
    (label) =>
      /^[A-Za-z0-9-]+$/.test(label) &&
      label.length <= 63 &&
      !label.startsWith('-') &&
      !label.endsWith('-'),
  );
  return areLabels && /[^0-9]/.test(labels.at(-1) ?? '');
}

/** SPEC MEDIA-5, MEDIA-6. An empty one is one, too. */
export function isGoodCandidate(text: string): boolean {
  if (text === '') return true;
  if (text.length > 1024) return false;
  const [foundation = '', component, transport, priority, address, port, typ, type, ...rest] = text
    .replace(/^a=candidate:/, '')
    .replace(/^candidate:/, '')
    .split(' ');
  const isBegun =
    /^[A-Za-z0-9+/]{1,32}$/.test(foundation) &&
    isNumber(component, 3) &&
    isToken(transport) &&
    isNumber(priority, 10) &&
    isAddress(address) &&
    isPort(port) &&
    typ === 'typ' &&
    isToken(type);
  if (!isBegun) return false;
  if (rest[0] === 'raddr' && isAddress(rest[1])) rest.splice(0, 2);
  if (rest[0] === 'rport' && isPort(rest[1])) rest.splice(0, 2);
  while (rest.length > 0) {
    const [name, value] = rest.splice(0, 2);
    // What has a place of its own is no extension.
    if (!isToken(name) || name === 'raddr' || name === 'rport') return false;
    if (value === undefined || !/^[!-~]*$/.test(value)) return false;
  }
  return true;
}
