import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import ipaddr from 'ipaddr.js';

/** The address that a request came from; `X-Forwarded-For` counts from trusted proxies only (SPEC LIMIT-1). */
export type AddressOf = (request: IncomingMessage) => string;

/** @param trustedProxies addresses, ranges, or `loopback`, `linklocal`, `uniquelocal` */
export function createAddressOf(trustedProxies: readonly string[]): AddressOf {
  const trust = proxyAddr.compile([...trustedProxies]);
  /** It is asked for several times in the life of a connection, and does not change. */
  const known = new WeakMap<IncomingMessage, string>();
  return (request) => {
    const found = known.get(request);
    if (found !== undefined) return found;
    const address = keyOf(proxyAddr(request, trust));
    known.set(request, address);
    return address;
  };
}

/**
 * What limits count by: an IPv4 address, or the /64 of an IPv6 address, since a household or a single
 * phone has all of one.
 */
function keyOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  const network = (parsed as ipaddr.IPv6).parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}
