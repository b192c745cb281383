/**
 * Addresses that are no public unicast: IANA's special-purpose registries of IPv4 and IPv6 (RFC 6890;
 * as of October 2025, with the parts of a block where they have a meaning of their own), multicast, and
 * what IANA has not given out.
 */
export const SPECIAL_PURPOSE = {
  ipv4: [
    '0.0.0.0/8',
    '0.0.0.0/32',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.0.0/29',
    '192.0.0.8/32',
    '192.0.0.9/32',
    '192.0.0.10/32',
    '192.0.0.170/31',
    '192.0.2.0/24',
    '192.31.196.0/24',
    '192.52.193.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '192.175.48.0/24',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/4',
    '240.0.0.0/4',
    '255.255.255.255/32',
  ],
  ipv6: [
    '::/128',
    '::1/128',
    '::/96',
    '::ffff:0:0/96',
    '::ffff:0:0:0/96',
    '::/8',
    '64:ff9b::/96',
    '64:ff9b:1::/48',
    '100::/64',
    '100:0:0:1::/64',
    '100::/8',
    '1000::/4',
    '2001::/23',
    '2001::/32',
    '2001:1::1/128',
    '2001:1::2/128',
    '2001:1::3/128',
    '2001:2::/48',
    '2001:3::/32',
    '2001:4:112::/48',
    '2001:10::/28',
    '2001:20::/28',
    '2001:30::/28',
    '2001:db8::/32',
    '2002::/16',
    '2620:4f:8000::/48',
    '3fff::/20',
    '4000::/2',
    '5f00::/16',
    '8000::/1',
    'fc00::/7',
    'fe80::/10',
    'fec0::/10',
    'ff00::/8',
  ],
} as const;

/** Addresses of ::/8 in which one byte alone is set, for coturn compares each byte by itself. */
export const ONE_BYTE_SET: readonly string[] = Array.from(
  { length: 15 },
  (_, byte) => byte,
).flatMap((byte) => [1n, 2n, 0xffn].map((value) => spell(value << BigInt(byte * 8), true)));

/** Public unicast addresses, most of them the neighbours of a special-purpose range. */
export const PUBLIC = {
  ipv4: [
    '1.0.0.0',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '169.255.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '191.255.255.255',
    '192.0.1.0',
    '192.0.3.0',
    '192.31.195.255',
    '192.52.194.0',
    '192.88.98.255',
    '192.167.255.255',
    '192.169.0.0',
    '192.175.49.0',
    '198.17.255.255',
    '198.20.0.0',
    '198.51.99.255',
    '203.0.114.0',
    '223.255.255.255',
  ],
  ipv6: [
    '2000::',
    '2001:200::',
    '2001:db7:ffff:ffff:ffff:ffff:ffff:ffff',
    '2001:db9::',
    '2003::',
    '2606:4700:4700::1111',
    '2620:4f:7fff:ffff:ffff:ffff:ffff:ffff',
    '2620:4f:8001::',
    '2a00:1450:4001:82f::200e',
    '3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    '3fff:1000::',
  ],
} as const;

/** The first and the last address of a range, and some between, with zeros and ones in odd places. */
export function addressesIn(cidr: string): string[] {
  const [base = '', bits = ''] = cidr.split('/');
  const isV6 = base.includes(':');
  const width = isV6 ? 128 : 32;
  const free = BigInt(width - Number(bits));
  const first = toNumber(base, isV6);
  const size = 1n << free;
  const offsets = [0n, 1n, size >> 1n, size / 3n, (size >> 8n) + 1n, size - 2n, size - 1n];
  const inside = offsets.filter((offset) => offset >= 0n && offset < size);
  return [...new Set(inside.map((offset) => spell(first + offset, isV6)))];
}

function toNumber(address: string, isV6: boolean): bigint {
  if (!isV6) return address.split('.').reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
  const [head = '', tail = ''] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].reduce(
    (sum, group) => sum * 65_536n + BigInt(`0x${group}`),
    0n,
  );
}

function spell(value: bigint, isV6: boolean): string {
  const [count, bits, base, separator] = isV6 ? [8, 16n, 16, ':'] : [4, 8n, 10, '.'];
  const parts = Array.from({ length: Number(count) }, (_, i) => {
    const shift = BigInt(bits) * BigInt(Number(count) - 1 - i);
    return ((value >> shift) & ((1n << BigInt(bits)) - 1n)).toString(Number(base));
  });
  return parts.join(String(separator));
}
