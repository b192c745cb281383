import { isDeepStrictEqual } from 'node:util';
import {
  ACKNOWLEDGEMENTS,
  type ClientEvent,
  refusalSchema,
  SERVER_EVENTS,
  type ServerEvent,
} from '@telemedicine-signaling/protocol';
import type { z } from 'zod';

/**
 * What the server says has the form that the protocol's tables give it, and carries no more than they
 * tell of: the descriptions are made from them (SPEC DESCRIBE-2).
 * @throws Error naming the event and what is wrong
 */
export function assertHeardInForm(event: string, data: unknown): void {
  const form: z.ZodType | undefined = SERVER_EVENTS[event as ServerEvent];
  if (form === undefined) throw new Error(`${event} was heard, and is in no table`);
  assertForm(`the event ${event}`, form, data);
}

/** The same for an acknowledgement; an event that is in no table is always refused. */
export function assertAnsweredInForm(event: string, answer: { status?: unknown }): void {
  const granted: z.ZodType | undefined = ACKNOWLEDGEMENTS[event as ClientEvent];
  const form = answer.status === 'ok' && granted !== undefined ? granted : refusalSchema;
  assertForm(`the acknowledgement of ${event}`, form, answer);
}

function assertForm(what: string, form: z.ZodType, data: unknown): void {
  const { success, data: known, error } = form.safeParse(data);
  if (!success) throw new Error(`${what} is out of form: ${error.message} ${JSON.stringify(data)}`);
  if (isDeepStrictEqual(known, data)) return;
  throw new Error(`${what} carries more than its form: ${JSON.stringify({ data, known })}`);
}
