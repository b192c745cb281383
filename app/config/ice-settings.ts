import { z } from 'zod';

const FORM = /^(stuns?|turns?):(\[[^\]]*\]|[^[\]:?]+)(?::(\d{1,5}))?(\?transport=(?:udp|tcp))?$/;

/** A STUN or TURN URI (RFC 7064, RFC 7065), of whose transports only `udp` and `tcp` exist. */
function isIceUrl(url: string): boolean {
  const [isOfForm, scheme = '', host = '', port = '3478', transport] = FORM.exec(url) ?? [];
  if (isOfForm === undefined || !isHost(host)) return false;
  if (transport !== undefined && scheme.startsWith('stun')) return false;
  return Number(port) >= 1 && Number(port) <= 65_535;
}

/** Where a STUN or TURN URI leads to. */
export interface IceUrl {
  host: string;
  port: number;
  /** Over what one speaks with the server; with TLS `udp` means DTLS. */
  transport: 'udp' | 'tcp';
  isTls: boolean;
}

/** The parts of a STUN or TURN URI, with the defaults of RFC 7064 and RFC 7065; undefined if it is none. */
export function iceUrlIn(url: string): IceUrl | undefined {
  const [, scheme = '', host = '', port, query] = (isIceUrl(url) && FORM.exec(url)) || [];
  if (scheme === '') return undefined;
  const isTls = scheme.endsWith('s');
  const isTcp = query === undefined ? isTls : query.endsWith('tcp');
  return {
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port ?? (isTls ? 5349 : 3478)),
    transport: isTcp ? 'tcp' : 'udp',
    isTls,
  };
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return z.ipv6().safeParse(host.slice(1, -1)).success;
  // What has digits only would pass as a name.
  const form = /^[\d.]+$/.test(host) ? z.ipv4() : z.hostname();
  return form.safeParse(host).success;
}

const isTurnUrl = (url: string): boolean => /^turns?:/.test(url);

const iceUrlSchema = z.string().max(512).refine(isIceUrl, {
  error: 'must be like stun:host:3478, turn:host:3478?transport=udp or turns:host:5349',
});

/** One address of the TURN server that short-lived credentials are for, as in `TURN_URLS`. */
export const turnUrlSchema = iceUrlSchema.refine(isTurnUrl, {
  error: 'must begin with turn: or turns:',
});

/**
 * What coturn calls `static-auth-secret`. Whoever gets a credential can try secrets against it at
 * leisure, so it has 32 characters at least; none of them means something in coturn's file.
 */
export const turnSecretSchema = z.string().regex(/^[A-Za-z0-9+/=_.~-]{32,256}$/, {
  error: 'must be 32 to 256 characters of A–Z a–z 0–9 + / = _ . ~ -',
});

/** How long a credential lasts, in seconds: a minute to a day. */
export const turnTtlSchema = z.int().min(60).max(86_400);

const iceServerSchema = z
  .strictObject({
    urls: z.union([iceUrlSchema, z.array(iceUrlSchema).min(1).max(16)]),
    username: z.string().min(1).max(512).optional(),
    credential: z.string().min(1).max(512).optional(),
  })
  .refine(
    ({ urls, username, credential }) =>
      ![urls].flat().some(isTurnUrl) || (username !== undefined && credential !== undefined),
    { error: 'a TURN server needs username and credential' },
  );

/** `ICE_SERVERS`, once it is read as JSON: what a page gives to `RTCPeerConnection` as `iceServers`. */
export const iceServersSchema = z.array(iceServerSchema).max(16);

export interface IceServer {
  readonly urls: string | readonly string[];
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

export interface IceSettings {
  /** The same for every client. */
  static: readonly IceServer[];
  /** Where the relay is, for which credentials are made. None: no credentials. */
  turnUrls: readonly string[];
  /** The first signs. During a rotation there is a second one, which coturn still takes. */
  turnSecrets: readonly string[];
  ttlSeconds: number;
}
