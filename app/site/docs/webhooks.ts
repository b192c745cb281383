import { WEBHOOKS } from '@telemedicine-signaling/protocol';
import { z } from 'zod';
import type { Operation, PathItem, Schema } from './document.ts';
import { plainForm } from './plain-form.ts';

const text = { type: 'string' } as const;

/** What comes along with each (Standard Webhooks 1.0.0). */
const HEADERS: NonNullable<Operation['parameters']> = [
  {
    name: 'webhook-id',
    in: 'header',
    required: true,
    description: 'Unique, and the same at every try: what you have seen is a repeat',
    schema: text,
  },
  {
    name: 'webhook-timestamp',
    in: 'header',
    required: true,
    description: 'When this try was sent, in seconds since 1970',
    schema: text,
  },
  {
    name: 'webhook-signature',
    in: 'header',
    required: true,
    description:
      '`v1,` and HMAC-SHA256 of `id.timestamp.body` in base64; several, with blanks between, while the secret is replaced',
    schema: text,
  },
];

/** The webhooks as OpenAPI 3.1 has them, from the forms that the protocol gives them (SPEC DESCRIBE-1). */
export function describedWebhooks(): Record<string, PathItem> {
  const items = Object.entries(WEBHOOKS).map(([type, form]): [string, PathItem] => {
    const { $schema: _, ...schema } = z.toJSONSchema(form, { override: plainForm });
    const operation: Operation = {
      operationId: type.replace(/[.-](\w)/g, (_dot, letter: string) => letter.toUpperCase()),
      summary: type,
      description: String(schema.description),
      tags: ['webhooks'],
      parameters: HEADERS,
      requestBody: { content: { 'application/json': { schema: schema as Schema } } },
      responses: {
        '2XX': { description: 'Taken.' },
        default: { description: 'Not taken: it is tried again, for a day.' },
      },
    };
    return [type, { post: operation }];
  });
  return Object.fromEntries(items);
}
