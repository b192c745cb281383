import { z } from 'zod';

/**
 * Namespace and room ids: 1–128 characters of `A–Z a–z 0–9 . _ ~ @ : -` (SPEC ID-1). The set needs no
 * escaping in a URL path, a query string or a Socket.IO namespace.
 */
export const ID_PATTERN = /^[A-Za-z0-9._~@:-]{1,128}$/;

export const isId = (value: unknown): value is string =>
  typeof value === 'string' && ID_PATTERN.test(value);

export const namespaceIdSchema = z
  .string()
  .regex(ID_PATTERN)
  .meta({ description: 'Namespace id: 1–128 characters of A–Z a–z 0–9 . _ ~ @ : -' });

export const roomIdSchema = z
  .string()
  .regex(ID_PATTERN)
  .meta({ description: 'Room id: 1–128 characters of A–Z a–z 0–9 . _ ~ @ : -' });

/** A client id as a peer writes it: any short text, since only one that exists leads anywhere (SPEC ID-2). */
export const clientIdSchema = z
  .string()
  .min(1)
  .max(128)
  .meta({ description: 'client-id, as `welcome` handed it out' });

/** The hospital's own name for a patient; pages send text or a number (SPEC ID-3). */
export const patientIdSchema = z.union([z.string().min(1).max(256), z.number()]).meta({
  description: "The page's own id of the patient: text of at most 256 characters, or a number",
});
