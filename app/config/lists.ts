import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { type IceServer, iceServersSchema, turnUrlSchema } from './ice-settings.ts';
import type { Variable } from './variable.ts';

/** `ICE_SERVERS`: JSON, as a page hands it to `RTCPeerConnection`. */
export const iceServerList = (about: { description: string }): Variable<readonly IceServer[]> => ({
  schema: z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'is not JSON' });
        return z.NEVER;
      }
    })
    .pipe(iceServersSchema),
  fallback: [],
  fallbackText: '[]',
  allowed: 'JSON like [{"urls":"stun:stun.example.org:3478"}]; TURN with username and credential',
  // A static credential is as good as a password.
  secret: true,
  ...about,
});

/** `TURN_URLS`: addresses separated by commas. */
export const turnUrlList = (about: { description: string }): Variable<readonly string[]> => ({
  schema: z
    .string()
    .transform((text) => text.split(',').map((url) => url.trim()))
    .pipe(z.array(turnUrlSchema).min(1).max(16)),
  fallback: [],
  fallbackText: 'none',
  allowed: 'addresses like turn:host:3478?transport=udp or turns:host:5349, separated by commas',
  ...about,
});

const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/** `TRUSTED_PROXIES`: addresses, ranges and names of ranges, separated by commas. */
export const proxyList = (about: { description: string }): Variable<readonly string[]> => ({
  schema: z
    .string()
    .transform((text) => text.split(',').map((proxy) => proxy.trim()))
    .pipe(z.array(z.string().refine(isProxy)).min(1).max(64)),
  fallback: [],
  fallbackText: 'none',
  allowed: `addresses, ranges like 10.0.0.0/8, or ${PROXY_NAMES.join(', ')}, separated by commas`,
  ...about,
});

const isProxy = (text: string): boolean =>
  PROXY_NAMES.includes(text) || ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
