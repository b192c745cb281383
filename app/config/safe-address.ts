/**
 * An https address, or plain http on this machine, where nothing is under way that somebody could read
 * or change; without a password in it.
 */
export function isSafeAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

/** An http or https address with nothing behind host and port, and no password in it. */
export function isWebOrigin(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password, pathname, search, hash } = new URL(address);
  const further = [username, password, pathname.replace(/^\/$/, ''), search, hash];
  return /^https?:$/.test(protocol) && further.every((part) => part === '');
}
