import { iceUrlIn } from '../../config/ice-settings.ts';
import type { TurnCredentials } from '../../ice/turn-credentials.ts';
import { type Finding, failed, ok, reasonOf, warning } from './finding.ts';
import {
  ATTRIBUTE,
  type Attribute,
  decode,
  encode,
  errorCodeOf,
  longTermKey,
  METHOD,
  type Message,
  newTransaction,
} from './stun.ts';
import { openWire, type Wire } from './wire.ts';

const RETRANSMIT_MS = 500;
const UDP = 17;

/** Asks for a signature by what the answer carries (RFC 8489, section 9.2). */
const CHALLENGE = 401;

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'Give the relay TURN_SECRET as static-auth-secret, and keep both clocks in step.',
  403: 'Let the relay take clients from here.',
  437: 'Try again: the relay took this for an earlier client.',
  442: 'Let the relay relay UDP.',
  486: 'Raise user-quota and total-quota of the relay, or wait until calls have ended.',
  508: 'Give the relay more ports (min-port, max-port), or wait until calls have ended.',
};

/**
 * Asks a TURN server for a relayed address with these credentials, and gives it back at once (RFC 8656,
 * section 7); a STUN server for the address that it sees.
 * @param patienceMs how long all of it may take
 */
export async function checkIceServer(
  url: string,
  credentials: TurnCredentials | undefined,
  patienceMs: number,
): Promise<Finding> {
  const about = url.startsWith('stun') ? 'STUN' : 'TURN';
  const to = iceUrlIn(url);
  if (to === undefined) return failed(about, `${url} is no address`, 'Correct it.');
  if (to.isTls && to.transport === 'udp') {
    return warning(about, `${url} speaks DTLS, which cannot be tried here`, 'Try it with a call.');
  }
  const signal = AbortSignal.timeout(patienceMs);
  let wire: Wire | undefined;
  try {
    wire = await openWire(to, signal);
    if (about === 'STUN' || credentials === undefined) {
      await exchange(wire, signal, METHOD.binding, []);
      return ok(about, `${url} answers`);
    }
    return await tryRelay(url, wire, signal, credentials);
  } catch (error) {
    const remedy = `Start it, open the way to it${to.isTls ? ', look at its certificate' : ''}, or correct its address.`;
    const why = signal.aborted ? 'it does not answer in time' : reasonOf(error);
    return failed(about, `${url} cannot be used: ${why}`, remedy);
  } finally {
    wire?.close();
  }
}

async function tryRelay(
  url: string,
  wire: Wire,
  signal: AbortSignal,
  { username, credential }: TurnCredentials,
): Promise<Finding> {
  const wanted: Attribute[] = [[ATTRIBUTE.requestedTransport, Buffer.from([UDP, 0, 0, 0])]];
  const first = await exchange(wire, signal, METHOD.allocate, wanted);
  if (errorCodeOf(first) === undefined) {
    const remedy = 'Set use-auth-secret and static-auth-secret there: deploy/turnserver.conf.';
    return warning('TURN', `${url} relays for anybody, without credentials`, remedy);
  }
  const realm = first.attributes.get(ATTRIBUTE.realm) ?? Buffer.alloc(0);
  const nonce = first.attributes.get(ATTRIBUTE.nonce) ?? Buffer.alloc(0);
  const key = longTermKey(username, realm.toString(), credential);
  const signed = (method: number, attributes: readonly Attribute[]) =>
    exchange(
      wire,
      signal,
      method,
      [
        ...attributes,
        [ATTRIBUTE.username, Buffer.from(username)],
        [ATTRIBUTE.realm, realm],
        [ATTRIBUTE.nonce, nonce],
      ],
      key,
    );
  const isChallenge = errorCodeOf(first) === CHALLENGE;
  const answer = isChallenge ? await signed(METHOD.allocate, wanted) : first;
  const code = errorCodeOf(answer);
  if (code === undefined) {
    await signed(METHOD.refresh, [[ATTRIBUTE.lifetime, Buffer.alloc(4)]]);
    return ok('TURN', `${url} answers and takes the credentials`);
  }
  const says = code === 401 ? 'does not take the credentials' : 'does not relay';
  const remedy = REMEDIES[code] ?? 'Look at the log of the relay.';
  return failed('TURN', `${url} ${says} (${code})`, remedy);
}

/** Sends until an answer comes: a datagram may be lost. @throws Error none comes */
async function exchange(
  wire: Wire,
  signal: AbortSignal,
  method: number,
  attributes: readonly Attribute[],
  key?: Buffer,
): Promise<Message> {
  const transaction = newTransaction();
  const bytes = encode('request', method, transaction, attributes, key);
  const answered = new Promise<Message>((resolve, reject) => {
    wire.onMessage = (received) => {
      const message = decode(received);
      if (message?.transaction === transaction.toString('hex')) resolve(message);
    };
    const late = () => reject(signal.reason);
    signal.addEventListener('abort', late, { once: true });
    if (signal.aborted) late();
  });
  wire.send(bytes);
  const again = wire.isLossy ? setInterval(() => wire.send(bytes), RETRANSMIT_MS) : undefined;
  try {
    return await Promise.race([answered, wire.broken]);
  } finally {
    clearInterval(again);
  }
}
