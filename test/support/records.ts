import {
  type ConsultationRecord,
  consultationRecordSchema,
} from '@telemedicine-signaling/protocol';
import { expect } from 'vitest';
import type { Service } from './service.ts';

const ROUTE = '/api/v1/consultations';

/** What the route answers, as text, to whoever shows this access token, or none. */
export async function askRecords(
  service: Service,
  fields: Record<string, string>,
  token?: string,
): Promise<{ status: number; text: string }> {
  const headers: Record<string, string> =
    token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const answer = await service.get(`${ROUTE}?${new URLSearchParams(fields)}`, headers);
  return { status: answer.status, text: await answer.text() };
}

/** The UTC day of now, by the service's clock. */
export const today = (service: Service): string => isoNow(service).slice(0, 10);

export const isoNow = (service: Service): string => new Date(service.clock.now()).toISOString();

/** All records of a day, today if none is given, each of the form that the protocol gives it. */
export async function recordsOf(
  service: Service,
  namespaceId: string,
  day = today(service),
): Promise<ConsultationRecord[]> {
  const { status, text } = await askRecords(service, { namespaceId, day });
  expect({ status, text }).toMatchObject({ status: 200 });
  const { consultations } = JSON.parse(text) as { consultations: unknown[] };
  return consultations.map((record) => consultationRecordSchema.parse(record));
}
