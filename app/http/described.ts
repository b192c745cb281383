import { httpErrorSchema } from '@telemedicine-signaling/protocol';
import type { z } from 'zod';
import type { Action } from '../auth/policy.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the policy table calls it to ask this route; absent where everybody may. */
    action?: Action;
  }
}

/** What the description says of a route. */
export interface About {
  operationId: string;
  summary: string;
  description: string;
  tags: readonly string[];
}

/**
 * The options of a route that takes `fields` and answers `answer`, or an error of the one table.
 * `action`: what the policy table calls it; `null` where everybody may.
 */
export function described<F extends { querystring?: z.ZodType; body?: z.ZodType }>(
  action: Action | null,
  about: About,
  fields: F,
  answer: z.ZodType,
) {
  return {
    config: action === null ? {} : { action },
    schema: {
      ...about,
      ...fields,
      response: { 200: answer, '4xx': httpErrorSchema, '5xx': httpErrorSchema },
    },
  };
}
