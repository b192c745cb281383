import { isIPv6 } from 'node:net';
import { MAGIC_COOKIE } from '../../app/cli/check/stun.ts';

export interface Endpoint {
  address: string;
  port: number;
}

const FAMILY = { ipv4: 1, ipv6: 2 } as const;

/** The value of an XOR-…-ADDRESS attribute, which is bound to its transaction (RFC 8489, section 14.2). */
export function xorAddress({ address, port }: Endpoint, transaction: Buffer): Buffer {
  const isV6 = isIPv6(address);
  const octets = isV6 ? ipv6Octets(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.from([0, isV6 ? FAMILY.ipv6 : FAMILY.ipv4, 0, 0]);
  head.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), 2);
  return Buffer.concat([head, masked(octets, transaction)]);
}

/** The endpoint in an XOR-…-ADDRESS attribute. */
export function readXorAddress(value: Buffer, transaction: Buffer): Endpoint {
  const octets = masked(value.subarray(4), transaction);
  const address = value[1] === FAMILY.ipv4 ? octets.join('.') : spellIpv6(octets);
  return { address, port: value.readUInt16BE(2) ^ (MAGIC_COOKIE >>> 16) };
}

function masked(octets: Buffer, transaction: Buffer): Buffer {
  const mask = Buffer.alloc(4 + transaction.length);
  mask.writeUInt32BE(MAGIC_COOKIE);
  transaction.copy(mask, 4);
  return Buffer.from(octets.map((octet, i) => octet ^ (mask[i] ?? 0)));
}

const spellIpv6 = (octets: Buffer): string =>
  canonical(octets.toString('hex').replace(/(....)(?=.)/g, '$1:'));

/** The URL parser spells every IPv6 address in the one canonical way, without a dotted tail. */
const canonical = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1);

function ipv6Octets(address: string): Buffer {
  const [head = '', tail = ''] = canonical(address).split('::');
  const groups = (part: string) => part.split(':').filter(Boolean);
  const before = groups(head);
  const after = groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const hex = [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join('');
  return Buffer.from(hex, 'hex');
}
