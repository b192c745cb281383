import { z } from 'zod';
import { iceKeys } from './ice.ts';

/** The resources for hospital backends, under `/api/v1/`. */
export const API_ROUTES = ['ice-servers', 'tokens', 'invitations', 'consultations'] as const;
export type ApiRoute = (typeof API_ROUTES)[number];

const said = z.object({
  status: z.literal(200).meta({ description: 'The HTTP status again', examples: [200] }),
  msg: z.string().meta({ description: 'A sentence for people; its wording may change' }),
});

const expiry = z.iso.datetime().meta({ description: 'Until when it is good, ISO 8601, UTC' });

/** `GET /api/v1/ice-servers` (SPEC ICE-2). */
export const iceServersAnswer = said.extend(iceKeys).meta({
  examples: [
    {
      status: 200,
      msg: 'Ask again before they expire.',
      'ice-servers': [
        {
          urls: ['turn:turn.example.org:3478?transport=udp'],
          username: '1767225600:p1J0bWVkaWNpbmU',
          credential: 'Zm9yIHRoaXMgY2xpZW50IGFsb25lCg==',
        },
      ],
      'ice-expires-at': '2026-01-01T00:00:00.000Z',
    },
  ],
});

const token = z.string().meta({ description: 'The access token: a JWT in its compact form' });
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkci1ob3BwZXIifQ.c2lnbmVk';
const EXPIRES = { 'expires-at': '2026-01-01T08:00:00.000Z' };

/** `POST /api/v1/tokens` (SPEC AUTH-7). */
export const tokenAnswer = said.extend({ token, 'expires-at': expiry }).meta({
  examples: [{ status: 200, msg: 'The token is made.', token: TOKEN, ...EXPIRES }],
});

/** `POST /api/v1/invitations/redeem` (SPEC AUTH-8). */
export const redeemedAnswer = said.extend({ token, 'expires-at': expiry }).meta({
  examples: [{ status: 200, msg: 'Here is your token.', token: TOKEN, ...EXPIRES }],
});

/** What an invitation looks like, for those who describe one. */
export const EXAMPLE_INVITATION = 'q0n9yq5hT0wJp2rUe8mZ1vXc3bN6sKd4fGa7LiH5oRk';

/** `POST /api/v1/invitations` (SPEC AUTH-8). */
export const invitationAnswer = said
  .extend({
    invitation: z.string().meta({ description: 'Good once' }),
    fragment: z.string().meta({
      description: 'What to put behind the address of the page: behind `#` it reaches no server',
    }),
    'expires-at': expiry,
  })
  .meta({
    examples: [
      {
        status: 200,
        msg: 'Good once.',
        invitation: EXAMPLE_INVITATION,
        fragment: `#invitation=${EXAMPLE_INVITATION}`,
        'expires-at': '2026-01-02T00:00:00.000Z',
      },
    ],
  });
