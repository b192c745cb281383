import swagger from '@fastify/swagger';
import { HTTP_ROUTES, PROTOCOL_VERSION } from '@telemedicine-signaling/protocol';
import type { FastifyInstance } from 'fastify';
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from 'fastify-type-provider-zod';
import { POLICY } from '../../auth/policy.ts';
import { isPlain, methodsOf, type OpenApi } from './document.ts';
import { plainForm } from './plain-form.ts';
import { describedWebhooks } from './webhooks.ts';

/** The contract's routes answer at `/api/NAME`, too; they are described once. */
const TWINS: ReadonlySet<string> = new Set(Object.keys(HTTP_ROUTES).map((name) => `/api/${name}`));

const zodToJsonConfig = { override: plainForm };
const transform = createJsonSchemaTransform({ zodToJsonConfig });
const transformObject = createJsonSchemaTransformObject({ zodToJsonConfig });

/** What an answer of this kind means. */
const ANSWERS: Readonly<Record<string, string>> = {
  '200': 'It is done, or here it is.',
  '503': 'It cannot: `why` says why.',
  '4XX': 'It was refused: `code` says why.',
  '5XX': 'The server cannot do it now: `retry` says whether to try again.',
};

const DESCRIPTION = `The HTTP side of the telemedicine signaling server: practices, rooms and access.
A call itself is set up over Socket.IO, which \`/asyncapi.json\` describes.
Every answer is JSON, carries \`status\` and \`msg\`, and is not to be stored.`;

const TAGS = [
  { name: 'namespaces', description: 'A namespace is one doctor’s, or one desk’s, practice.' },
  { name: 'rooms', description: 'A room is one consultation.' },
  { name: 'access', description: 'Tokens and invitations for people, made by the backend.' },
  { name: 'calls', description: 'What browsers need to find each other.' },
  { name: 'consultations', description: 'What became of consultations.' },
  {
    name: 'webhooks',
    description: 'What the server posts to the hospital’s backend, at `WEBHOOK_URL`.',
  },
  { name: 'server', description: 'The server itself.' },
];

/**
 * Has all routes that are added from now on described in OpenAPI 3.1, from their own schemas and the
 * policy table (SPEC DESCRIBE-1). `openApiOf` gives the description when the application is ready.
 */
export function describeRoutes(app: FastifyInstance): void {
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Telemedicine signaling',
        version: String(PROTOCOL_VERSION),
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: TAGS,
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'An access token. In open access none is needed.',
          },
        },
      },
    },
    transform: (document) => {
      const { url, route } = document;
      if (TWINS.has(url)) return { schema: { hide: true }, url };
      const made = transform(document);
      const action = route.config?.action;
      if (action === undefined) return made;
      const rights = { security: [{ token: [] }, {}], 'x-roles': POLICY[action] };
      return { ...made, schema: { ...made.schema, ...rights } };
    },
    transformObject,
  });
}

/** The description of an application that is ready. */
export function openApiOf(app: FastifyInstance): OpenApi {
  const document: OpenApi = {
    ...(app.swagger() as unknown as OpenApi),
    webhooks: describedWebhooks(),
  };
  for (const [path, item] of Object.entries(document.paths)) {
    if (TWINS.has(`/api${path}`)) item.servers = [{ url: '/' }, { url: '/api' }];
    for (const { responses } of methodsOf(item)) {
      for (const [status, response] of Object.entries(responses)) {
        response.description = ANSWERS[status] ?? response.description;
      }
    }
  }
  dropUnused(document);
  return document;
}

/** The transformation names forms for requests that only answers have. */
function dropUnused({ paths, components }: OpenApi): void {
  const used = new Set<string>();
  const look = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(look);
    if (!isPlain(part)) return;
    const name = typeof part.$ref === 'string' ? part.$ref.split('/').at(-1) : undefined;
    if (name !== undefined && !used.has(name)) {
      used.add(name);
      look(components.schemas[name]);
    }
    Object.values(part).forEach(look);
  };
  look(paths);
  for (const name of Object.keys(components.schemas)) {
    if (!used.has(name)) delete components.schemas[name];
  }
}
