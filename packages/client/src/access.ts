/** An access token, or what gets a fresh one: asked before each connection and before the last expires. */
export type TokenSource = string | (() => string | Promise<string>);

export const tokenFrom = async (source: TokenSource | undefined): Promise<string | undefined> =>
  typeof source === 'function' ? source() : source;

/** When a JWT expires, in milliseconds since 1970; undefined if it does not say. It is not verified here. */
export function expiryOf(token: string | undefined): number | undefined {
  try {
    const claims = (token ?? '').split('.')[1] ?? '';
    const { exp } = JSON.parse(atob(claims.replace(/-/g, '+').replace(/_/g, '/')));
    return typeof exp === 'number' ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
