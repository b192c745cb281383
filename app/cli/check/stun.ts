import { createHash, createHmac, randomBytes } from 'node:crypto';

/** STUN and TURN on the wire (RFC 8489, RFC 8656): as much as a client needs that tries a relay. */
export const METHOD = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const;

export const ATTRIBUTE = {
  username: 0x0006,
  messageIntegrity: 0x0008,
  errorCode: 0x0009,
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  requestedTransport: 0x0019,
  software: 0x8022,
} as const;

/** The class bits of a message type; an error answer has both. */
const CLASS = { request: 0x000, indication: 0x010, success: 0x100, error: 0x110 } as const;
export const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
const SIGNATURE_BYTES = 24;

export type Attribute = readonly [type: number, value: Buffer];

export interface Message {
  kind: keyof typeof CLASS;
  method: number;
  /** 12 bytes, hex: a request and its answer share it. */
  transaction: string;
  attributes: ReadonlyMap<number, Buffer>;
}

export const newTransaction = (): Buffer => randomBytes(12);

/** A message; signed with `key` when there is one (RFC 8489, section 14.5). */
export function encode(
  kind: 'request' | 'indication',
  method: number,
  transaction: Buffer,
  attributes: readonly Attribute[],
  key?: Buffer,
): Buffer {
  const body = Buffer.concat(attributes.map(encodeAttribute));
  // The signature covers a header whose length counts the signature too.
  const length = body.length + (key === undefined ? 0 : SIGNATURE_BYTES);
  const message = Buffer.concat([header(CLASS[kind] | method, length, transaction), body]);
  if (key === undefined) return message;
  const signature = createHmac('sha1', key).update(message).digest();
  return Buffer.concat([message, encodeAttribute([ATTRIBUTE.messageIntegrity, signature])]);
}

function header(type: number, length: number, transaction: Buffer): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(length, 2);
  bytes.writeUInt32BE(MAGIC_COOKIE, 4);
  transaction.copy(bytes, 8);
  return bytes;
}

function encodeAttribute([type, value]: Attribute): Buffer {
  const bytes = Buffer.alloc(4 + padded(value.length));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  value.copy(bytes, 4);
  return bytes;
}

/** Undefined for what is no STUN message. */
export function decode(bytes: Buffer): Message | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32BE(4) !== MAGIC_COOKIE) return undefined;
  const type = bytes.readUInt16BE(0);
  const kind = (Object.keys(CLASS) as (keyof typeof CLASS)[]).find(
    (name) => CLASS[name] === (type & CLASS.error),
  );
  if (kind === undefined) return undefined;
  const attributes = new Map<number, Buffer>();
  for (let at = HEADER_BYTES; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 2);
    attributes.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + padded(length);
  }
  return { kind, method: type & 0x00f, transaction: bytes.toString('hex', 8, 20), attributes };
}

/** The key that signs requests with long-term credentials (RFC 8489, section 9.2.2). */
export const longTermKey = (username: string, realm: string, password: string): Buffer =>
  createHash('md5').update(`${username}:${realm}:${password}`).digest();

/** 401, 403, 486…; undefined if the message is no error. */
export function errorCodeOf(message: Message): number | undefined {
  const value = message.attributes.get(ATTRIBUTE.errorCode);
  return value && (value[2] ?? 0) * 100 + (value[3] ?? 0);
}

const padded = (length: number): number => Math.ceil(length / 4) * 4;
