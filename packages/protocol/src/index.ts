export * from './acknowledgements.ts';
export * from './api.ts';
export * from './client-events.ts';
export * from './consultations.ts';
export * from './errors.ts';
export * from './event-examples.ts';
export * from './event-texts.ts';
export * from './http.ts';
export * from './ice.ts';
export * from './ids.ts';
export * from './live.ts';
export * from './roles.ts';
export * from './rooms.ts';
export * from './server-events.ts';
export * from './webhooks.ts';

/** Version of this protocol, as `welcome` names it. It grows when a page in use would have to change. */
export const PROTOCOL_VERSION = 1;
