import {
  ACKNOWLEDGEMENTS,
  CLIENT_EVENT_EXAMPLES,
  CLIENT_EVENT_TEXTS,
  CLIENT_EVENTS,
  type ClientEvent,
  ERRORS,
  PROTOCOL_VERSION,
  type Role,
  refusalSchema,
  SERVER_EVENT_EXAMPLES,
  SERVER_EVENT_TEXTS,
  SERVER_EVENTS,
  type ServerEvent,
} from '@telemedicine-signaling/protocol';
import { z } from 'zod';
import { POLICY } from '../../auth/policy.ts';
import type { Schema } from './document.ts';
import { plainForm } from './plain-form.ts';

const DESCRIPTION = `The socket side of the telemedicine signaling server, over Socket.IO (protocol 5, long-polling and WebSocket, path \`/socket.io/\`).
Connect to \`/{namespaceId}\`; \`auth: { token }\` brings the access token, \`auth: { resume }\` the resume token of an earlier \`welcome\`.
The first event is \`welcome\`. Every event that a client sends takes an optional acknowledgement callback; without one, an error arrives as \`signaling-error\`.
Keys that the server does not know pass through untouched.`;

/** A message of the channel. */
export interface Message {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly payload: Schema;
  readonly examples: readonly { readonly payload: unknown }[];
}

interface Reference {
  readonly $ref: string;
}

/** An AsyncAPI 3 document, as far as this server makes one. */
export interface AsyncApi {
  readonly asyncapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly channels: Readonly<Record<string, { readonly messages: Record<string, Reference> }>>;
  readonly operations: Readonly<Record<string, EventOperation>>;
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
}

interface EventOperation {
  readonly action: 'send' | 'receive';
  readonly messages: readonly Reference[];
  readonly reply?: { readonly messages: readonly Reference[] };
  readonly 'x-roles'?: readonly Role[];
}

const form = (schema: z.ZodType): Schema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: plainForm,
  });
  return rest as Schema;
};

const clientEvents = Object.keys(CLIENT_EVENTS) as ClientEvent[];
const serverEvents = Object.keys(SERVER_EVENTS) as ServerEvent[];

/** How the parts of one event are called in the document. */
export const keysOf = {
  sent: (event: ClientEvent) => `send.${event}`,
  answered: (event: ClientEvent) => `send.${event}.ok`,
  heard: (event: ServerEvent) => `hear.${event}`,
  refused: 'refused',
};

/**
 * The socket events in AsyncAPI 3, from the event tables of the protocol and the policy table (SPEC
 * DESCRIBE-2). `send` and `receive` are the server's, as AsyncAPI has it.
 */
export function createAsyncApi(): AsyncApi {
  const messages: Record<string, Message> = {};
  const operations: Record<string, EventOperation & { channel: Reference; title: string }> = {};
  const channel = { $ref: '#/channels/namespace' };
  const inChannel = (name: string) => ({ $ref: `#/channels/namespace/messages/${name}` });

  for (const event of clientEvents) {
    const { sent, answered } = CLIENT_EVENT_EXAMPLES[event];
    messages[keysOf.sent(event)] = {
      name: event,
      title: event,
      summary: CLIENT_EVENT_TEXTS[event],
      payload: form(CLIENT_EVENTS[event]),
      examples: [{ payload: sent }],
    };
    messages[keysOf.answered(event)] = {
      name: `${event}, acknowledged`,
      title: `${event}, acknowledged`,
      summary: 'What answers it where it is granted.',
      payload: form(ACKNOWLEDGEMENTS[event]),
      examples: [{ payload: answered }],
    };
    operations[keysOf.sent(event)] = {
      action: 'receive',
      title: event,
      channel,
      messages: [inChannel(keysOf.sent(event))],
      reply: { messages: [inChannel(keysOf.answered(event)), inChannel(keysOf.refused)] },
      'x-roles': POLICY[event],
    };
  }
  const { http: _, ...refusal } = ERRORS['room-not-found'];
  messages[keysOf.refused] = {
    name: 'refused',
    title: 'Refused',
    summary: 'What answers an event that is refused, in the words of the one error table.',
    payload: form(refusalSchema),
    examples: [{ payload: { status: 'error', code: 'room-not-found', ...refusal } }],
  };
  for (const event of serverEvents) {
    messages[keysOf.heard(event)] = {
      name: event,
      title: event,
      summary: SERVER_EVENT_TEXTS[event],
      payload: form(SERVER_EVENTS[event]),
      examples: [{ payload: SERVER_EVENT_EXAMPLES[event] }],
    };
    operations[keysOf.heard(event)] = {
      action: 'send',
      title: event,
      channel,
      messages: [inChannel(keysOf.heard(event))],
    };
  }

  const named = Object.keys(messages).map(
    (name) => [name, { $ref: `#/components/messages/${name}` }] as const,
  );
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Telemedicine signaling: events',
      version: String(PROTOCOL_VERSION),
      description: DESCRIPTION,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      signaling: {
        host: '{host}',
        pathname: '/socket.io/',
        protocol: 'socketio',
        description: 'This server. Socket.IO speaks long-polling and WebSocket there.',
        variables: {
          host: { default: '127.0.0.1:3000', description: 'Host, and port if need be' },
        },
      },
    },
    channels: {
      namespace: {
        address: '/{namespaceId}',
        title: 'A practice',
        description: 'The Socket.IO namespace of one doctor’s, or one desk’s, practice.',
        parameters: { namespaceId: { description: 'The id that the hospital’s backend chose' } },
        messages: Object.fromEntries(named),
      },
    },
    operations,
    components: { messages },
  };
  return document;
}
