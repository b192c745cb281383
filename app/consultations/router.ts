import { CONSULTATIONS_ROUTE } from '@telemedicine-signaling/protocol';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { covers } from '../auth/access.ts';
import type { ConsultationRecords } from '../data/consultation-records.ts';
import { described } from '../http/described.ts';
import { type GuardParts, guard } from '../http/guard.ts';
import { consultationsOfDay, NOTHING } from './of-day.ts';

const { fields, answer } = CONSULTATIONS_ROUTE;

const about = {
  operationId: 'consultationsOfDay',
  summary: 'Read the records of a day',
  description:
    'Tells when patients of a namespace waited, were admitted, lost the connection and ended, and by whom, in opaque ids. A namespace that the token is not for looks like one without consultations.',
  tags: ['consultations'],
};
const route = described('consultations', about, { querystring: fields }, answer);

/** `GET /api/v1/consultations`: the records of a namespace and day, for the practice (SPEC RECORD-3). */
export function addConsultationRoutes(
  app: FastifyInstance,
  parts: GuardParts & { records: ConsultationRecords },
): void {
  app.get('/consultations', route, async (request) => {
    const identity = await guard(parts, 'consultations', request);
    const { namespaceId, day, skip } = request.query as z.output<typeof fields>;
    const page = covers(identity, namespaceId)
      ? await consultationsOfDay(parts.records, {
          namespaceId,
          day,
          skip,
          roomId: identity.room,
        })
      : NOTHING;
    return { status: 200, msg: 'In the order in which their waiting began.', ...page };
  });
}
