import { createSocket, type Socket } from 'node:dgram';
import { EventEmitter, once } from 'node:events';
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
} from '../../app/cli/check/stun.ts';
import { type Endpoint, readXorAddress, xorAddress } from './stun-address.ts';

export interface TurnCredentials {
  username: string;
  credential: string;
}

/** `error` is the code of RFC 8656 with which the server refused; undefined if it did not. */
export interface Answer {
  error: number | undefined;
  attributes: Message['attributes'];
}

export type Allocation = Answer & { relayed: Endpoint | undefined };

const UDP = 17;
const TCP = 6;
const RETRANSMIT_MS = 250;
const GIVE_UP_MS = 5_000;

/** A TURN client over UDP, as small as the tests allow; made by `openTurnClient`. */
export class TurnClient {
  readonly #socket: Socket;
  readonly #credentials: TurnCredentials;
  readonly #events = new EventEmitter();
  #challenge: { realm: Buffer; nonce: Buffer } | undefined;

  constructor(socket: Socket, credentials: TurnCredentials) {
    this.#socket = socket;
    this.#credentials = credentials;
    socket.on('message', (bytes) => {
      const message = decode(bytes);
      if (message === undefined) return;
      if (message.kind !== 'indication') this.#events.emit(message.transaction, message);
      else this.#events.emit('data', message.attributes.get(ATTRIBUTE.data));
    });
  }

  /** Asks for a relayed address of this family; `tcp` asks for one to relay TCP with (RFC 6062). */
  async allocate(
    family: 'ipv4' | 'ipv6' = 'ipv4',
    transport: 'udp' | 'tcp' = 'udp',
  ): Promise<Allocation> {
    const message = await this.#ask(METHOD.allocate, () => [
      [ATTRIBUTE.requestedTransport, Buffer.from([transport === 'udp' ? UDP : TCP, 0, 0, 0])],
      [ATTRIBUTE.requestedAddressFamily, Buffer.from([family === 'ipv4' ? 1 : 2, 0, 0, 0])],
    ]);
    const relayed = message.attributes.get(ATTRIBUTE.xorRelayedAddress);
    const transaction = Buffer.from(message.transaction, 'hex');
    return { ...answer(message), relayed: relayed && readXorAddress(relayed, transaction) };
  }

  /** May packets go to and come from this address? Sends none. */
  async permit(address: string): Promise<Answer> {
    return answer(
      await this.#ask(METHOD.createPermission, (transaction) => [
        [ATTRIBUTE.xorPeerAddress, xorAddress({ address, port: 9 }, transaction)],
      ]),
    );
  }

  /** Binds a channel, which permits its peer too. `channel` is 0x4000–0x4fff. */
  async bind(channel: number, peer: Endpoint): Promise<Answer> {
    const number = Buffer.alloc(4);
    number.writeUInt16BE(channel);
    return answer(
      await this.#ask(METHOD.channelBind, (transaction) => [
        [ATTRIBUTE.channelNumber, number],
        [ATTRIBUTE.xorPeerAddress, xorAddress(peer, transaction)],
      ]),
    );
  }

  /** Keeps the allocation for so many seconds more; 0 gives it back. */
  async refresh(seconds: number): Promise<Answer> {
    const lifetime = Buffer.alloc(4);
    lifetime.writeUInt32BE(seconds);
    return answer(await this.#ask(METHOD.refresh, () => [[ATTRIBUTE.lifetime, lifetime]]));
  }

  /** Sends through the relay, as a Send indication: nothing answers it. */
  send(peer: Endpoint, data: Buffer): void {
    const transaction = newTransaction();
    const attributes: Attribute[] = [
      [ATTRIBUTE.xorPeerAddress, xorAddress(peer, transaction)],
      [ATTRIBUTE.data, data],
    ];
    this.#socket.send(encode('indication', METHOD.send, transaction, attributes));
  }

  /** The next data that a peer sends to the relayed address. */
  async received(): Promise<Buffer> {
    const [data] = await once(this.#events, 'data', { signal: AbortSignal.timeout(GIVE_UP_MS) });
    return data;
  }

  /** Asks for the address that it is seen under, as one may without credentials. */
  binding(): Promise<Message> {
    return this.#exchange(METHOD.binding, newTransaction(), []);
  }

  /** Closes the socket; its allocation ends by itself. */
  close(): void {
    this.#socket.close();
  }

  /** Asks, and asks again with what the server wants signed (RFC 8489, section 9.2). */
  async #ask(method: number, attributes: (transaction: Buffer) => Attribute[]): Promise<Message> {
    const message = await this.#askOnce(method, attributes);
    const error = errorCodeOf(message);
    const realm = message.attributes.get(ATTRIBUTE.realm);
    const nonce = message.attributes.get(ATTRIBUTE.nonce);
    const isChallenge = (error === 401 && this.#challenge === undefined) || error === 438;
    if (!isChallenge || realm === undefined || nonce === undefined) return message;
    this.#challenge = { realm, nonce };
    return this.#askOnce(method, attributes);
  }

  #askOnce(method: number, attributes: (transaction: Buffer) => Attribute[]): Promise<Message> {
    const transaction = newTransaction();
    const asked = attributes(transaction);
    if (this.#challenge === undefined) return this.#exchange(method, transaction, asked);
    const { realm, nonce } = this.#challenge;
    const { username, credential } = this.#credentials;
    const signed: Attribute[] = [
      ...asked,
      [ATTRIBUTE.username, Buffer.from(username)],
      [ATTRIBUTE.realm, realm],
      [ATTRIBUTE.nonce, nonce],
    ];
    return this.#exchange(
      method,
      transaction,
      signed,
      longTermKey(username, realm.toString(), credential),
    );
  }

  /** Sends until an answer comes: a datagram may be lost, and a server may be about to start. */
  async #exchange(
    method: number,
    transaction: Buffer,
    attributes: readonly Attribute[],
    key?: Buffer,
  ): Promise<Message> {
    const bytes = encode('request', method, transaction, attributes, key);
    const answered = once(this.#events, transaction.toString('hex'), {
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    this.#socket.send(bytes);
    const again = setInterval(() => this.#socket.send(bytes), RETRANSMIT_MS);
    try {
      const [message] = await answered;
      return message;
    } finally {
      clearInterval(again);
    }
  }
}

const answer = (message: Message): Answer => ({
  error: errorCodeOf(message),
  attributes: message.attributes,
});

/** A client of the TURN server at this UDP port of 127.0.0.1. */
export async function openTurnClient(
  port: number,
  credentials: TurnCredentials = { username: '', credential: '' },
): Promise<TurnClient> {
  const socket = createSocket('udp4');
  // Until the server listens the kernel reports a refused port; the next try may succeed.
  socket.on('error', () => {});
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return new TurnClient(socket, credentials);
}
