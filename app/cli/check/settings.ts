import { type Config, ConfigError } from '../../config.ts';
import { type Finding, failed, ok, warning } from './finding.ts';

/** The settings, unless they are wrong: then every mistake, each with what is allowed instead. */
export function checkSettings(load: () => Config): Config | Finding[] {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.mistakes.map((mistake) => {
      const [, says = mistake, remedy] = /^(.*?)\.? (Allowed: .*|Give .*)$/s.exec(mistake) ?? [];
      return failed('settings', says, remedy ?? 'docs/CONFIGURATION.md says what is allowed.');
    });
  }
}

/** Who may come in. */
export function checkAccess({
  auth,
  mode,
  host,
  trustedProxies,
  publicUrl,
  tokens,
}: Config): Finding {
  if (auth === 'jwt') {
    const keys = [
      ...(tokens.secrets.length > 0 ? ['JWT_SECRET'] : []),
      ...(tokens.publicKeyPem === undefined ? [] : ['JWT_PUBLIC_KEY']),
      ...(tokens.jwksUrl === undefined ? [] : ['JWKS_URL']),
    ];
    return ok('access', `whoever shows an access token, by ${keys.join(', ')}`);
  }
  const isForThisMachine =
    mode !== 'production' &&
    ['127.0.0.1', '::1', 'localhost'].includes(host) &&
    trustedProxies.length === 0 &&
    publicUrl === undefined;
  if (isForThisMachine) return ok('access', 'open, to this machine');
  return warning(
    'access',
    'open: whoever can reach the server can come in, as a doctor, too',
    'Set JWT_SECRET, JWT_PUBLIC_KEY or JWKS_URL: docs/TOKENS.md.',
  );
}

/** The server itself speaks plain HTTP: where browsers come by TLS there is a proxy in front. */
export function checkProxy({ publicUrl, trustedProxies }: Config): Finding[] {
  if (publicUrl === undefined || !publicUrl.startsWith('https:')) return [];
  if (trustedProxies.length > 0) return [ok('proxy', `trusted: ${trustedProxies.join(', ')}`)];
  const says =
    'no proxy is trusted: all clients count as one address, and run into limits together';
  const remedy =
    'Set TRUSTED_PROXIES to the address of the proxy; loopback, if it is on this machine.';
  return [warning('proxy', says, remedy)];
}
