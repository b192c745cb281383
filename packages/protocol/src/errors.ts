/**
 * The one error table (SPEC ERR-1): `http` is the status of an HTTP answer, `retry` says whether the
 * same request can succeed later without a change, `msg` is a sentence for people that says what to do.
 */
export const ERRORS = {
  'invalid-namespace-id': {
    http: 400,
    retry: false,
    msg: 'Give a namespace id of 1 to 128 characters from A–Z a–z 0–9 . _ ~ @ : and -.',
  },
  'namespace-not-found': {
    http: 404,
    retry: false,
    msg: 'No such namespace. Create it first with create-namespace.',
  },
  'namespace-mismatch': {
    http: 400,
    retry: false,
    msg: 'The namespace-id in the message is not the namespace of this connection.',
  },
  'invalid-room-id': {
    http: 400,
    retry: false,
    msg: 'Give a room id of 1 to 128 characters from A–Z a–z 0–9 . _ ~ @ : and -.',
  },
  'room-not-found': {
    http: 404,
    retry: false,
    msg: 'No such room here. Ask for a new one with create-room.',
  },
  'room-ended': {
    http: 410,
    retry: false,
    msg: 'This consultation has ended. Ask for a new room with create-room.',
  },
  'room-taken': {
    http: 409,
    retry: false,
    msg: 'Another patient is in this room. Ask for a new one with create-room.',
  },
  'room-ambiguous': {
    http: 409,
    retry: false,
    msg: 'More than one room could be meant. Name it with room-id.',
  },
  'already-claimed': {
    http: 409,
    retry: false,
    msg: 'Another doctor or device has taken this patient.',
  },
  'peer-unreachable': {
    http: 404,
    retry: false,
    msg: 'There is no such peer for you. A peer can be reached after you share a room with it.',
  },
  'not-allowed': {
    http: 403,
    retry: false,
    msg: 'Your role may not do this here.',
  },
  'token-missing': {
    http: 401,
    retry: false,
    msg: 'An access token is needed: auth.token on a socket, Authorization: Bearer over HTTP.',
  },
  'token-invalid': {
    http: 401,
    retry: false,
    msg: 'The access token is not valid here. Ask your backend for a new one.',
  },
  'token-expired': {
    http: 401,
    retry: false,
    msg: 'The access token has expired. Ask your backend for a new one.',
  },
  'token-not-yet-valid': {
    http: 401,
    retry: true,
    msg: 'The access token is not valid yet. Check the clocks, or wait.',
  },
  'invalid-payload': {
    http: 400,
    retry: false,
    msg: 'The message does not have the form that this event or route takes.',
  },
  'payload-too-large': {
    http: 413,
    retry: false,
    msg: 'The message is too large. The limits are in `welcome`.',
  },
  'unknown-event': {
    http: 400,
    retry: false,
    msg: 'This server does not know an event of this name.',
  },
  'not-found': {
    http: 404,
    retry: false,
    msg: 'There is nothing at this address.',
  },
  'rate-limited': {
    http: 429,
    retry: true,
    msg: 'Too many messages in a short time. Slow down and try again.',
  },
  'queue-full': {
    http: 503,
    retry: true,
    msg: 'The waiting room is full. Try again in a while.',
  },
  'limit-reached': {
    http: 429,
    retry: true,
    msg: 'A limit of this server is reached. Try again in a while.',
  },
  'store-unavailable': {
    http: 503,
    retry: true,
    msg: 'The server cannot reach its store right now. Try again in a moment.',
  },
  draining: {
    http: 503,
    retry: true,
    msg: 'This server is about to restart. Connect again; your place is kept.',
  },
  internal: {
    http: 500,
    retry: true,
    msg: 'Something went wrong in the server. It has been written down.',
  },
} as const satisfies Record<string, { http: number; retry: boolean; msg: string }>;

export type ErrorCode = keyof typeof ERRORS;

export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];
