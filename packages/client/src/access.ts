/** An access token, or what gets a fresh one: asked before each connection and before the last expires. */
export type TokenSource = string | (() => string | Promise<string>);

export const tokenFrom = async (source: TokenSource | undefined): Promise<string | undefined> =>
  typeof source === 'function' ? source() : source;

/** What a JWT claims; it is for the server to verify. */
function claimsOf(token: string | undefined): Record<string, unknown> {
  try {
    const claims = (token ?? '').split('.')[1] ?? '';
    return JSON.parse(atob(claims.replace(/-/g, '+').replace(/_/g, '/')));
  } catch {
    return {};
  }
}

/** When a JWT expires, in milliseconds since 1970; undefined if it does not say. */
export function expiryOf(token: string | undefined): number | undefined {
  const { exp } = claimsOf(token);
  return typeof exp === 'number' ? exp * 1000 : undefined;
}

/** The one room that a JWT is pinned to, if it is. */
export function roomOf(token: string | undefined): string | undefined {
  const { room } = claimsOf(token);
  return typeof room === 'string' ? room : undefined;
}
