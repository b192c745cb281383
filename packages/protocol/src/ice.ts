import { z } from 'zod';

/** An `RTCIceServer` (W3C WebRTC, 4.2.4). */
export const iceServerSchema = z
  .object({
    urls: z.union([z.string(), z.array(z.string()).readonly()]),
    username: z.string().optional(),
    credential: z.string().optional(),
  })
  .meta({ description: 'An RTCIceServer, for `new RTCPeerConnection({ iceServers })`' });
export type IceServer = z.output<typeof iceServerSchema>;

/** STUN and TURN servers as `welcome`, an acknowledgement and an HTTP answer carry them (SPEC ICE-1). */
export const iceKeys = {
  'ice-servers': z.array(iceServerSchema),
  'ice-expires-at': z.iso.datetime().nullable().meta({
    description:
      'Until when their credentials are good, ISO 8601, UTC; `null` if nothing in them expires',
  }),
};
