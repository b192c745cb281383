import { isIPv4, isIPv6 } from 'node:net';
import { SignalingError } from '../errors/signaling-error.ts';
import { eachText } from './carried-text.ts';

/** How many candidates may go one way in one negotiation (SPEC MEDIA-7); a busy machine gathers 40. */
export const CANDIDATES_PER_NEGOTIATION = 200;

/** Characters, all of them ASCII, of one candidate (SPEC MEDIA-6). */
const CANDIDATE_CHARACTERS = 1_024;

const PREFIX = /^(?:a=)?candidate:/;

const TOKEN = "[!#-'*+.\\-0-9A-Z^-~]+";
const ADDRESS = '([!-~]{1,253})';
const PORT = '(\\d{1,5})';
/** A related address and its port have places of their own: what is called so elsewhere is none. */
const EXTENSION = `(?!raddr |rport )${TOKEN} [!-~]*`;

/**
 * `candidate-attribute` of RFC 8839, section 5.1, and RFC 6544. What may follow each part is told by
 * its first character, so that the expression takes time in proportion to the text.
 */
const FORM = new RegExp(
  `^(?:(?:a=)?candidate:)?[A-Za-z0-9+/]{1,32} \\d{1,3} ${TOKEN} \\d{1,10} ${ADDRESS} ${PORT}` +
    ` typ ${TOKEN}(?: raddr ${ADDRESS})?(?: rport ${PORT})?(?: ${EXTENSION})*$`,
);

/**
 * Looks at every ICE candidate that a payload carries (SPEC MEDIA-5): each text under a key
 * `candidate`, at any depth, and each text that begins with `candidate:` or `a=candidate:`, whatever
 * its key. An empty one says that there are no more.
 *
 * @param payload Has passed `assertPlain`.
 * @returns how many candidates it carries, not counting empty ones
 * @throws SignalingError `invalid-payload`, which does not tell what was in it
 */
export function assertCandidate(payload: unknown): number {
  let count = 0;
  eachText(payload, (key, text) => {
    if (text === '' || (key !== 'candidate' && !PREFIX.test(text))) return;
    if (text.length > CANDIDATE_CHARACTERS) {
      throw refused(`A candidate must not be over ${CANDIDATE_CHARACTERS} characters.`);
    }
    if (!isCandidate(text)) throw refused('A candidate is not of the form of RFC 8839.');
    count += 1;
  });
  return count;
}

function isCandidate(text: string): boolean {
  const [isOfForm, address = '', port, relatedAddress, relatedPort] = FORM.exec(text) ?? [];
  return (
    isOfForm !== undefined &&
    isAddress(address) &&
    isPort(port) &&
    (relatedAddress === undefined || isAddress(relatedAddress)) &&
    (relatedPort === undefined || isPort(relatedPort))
  );
}

const isPort = (port: string | undefined): boolean => Number(port) <= 65_535;

/** IPv4, IPv6 without a zone, or a name: `.local` from browsers that hide addresses (RFC 8828). */
const isAddress = (address: string): boolean =>
  isIPv4(address) || (address.includes(':') ? isZonelessIPv6(address) : isHostName(address));

const isZonelessIPv6 = (address: string): boolean => isIPv6(address) && !address.includes('%');

/** Labels of letters, digits and hyphens (RFC 1123), the last one not of digits alone. */
function isHostName(name: string): boolean {
  const labels = name.split('.');
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
}

const LABEL = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/;

const refused = (why: string) => new SignalingError('invalid-payload', why);
