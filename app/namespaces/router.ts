import type { FastifyInstance } from 'fastify';
import { covers, type Identity } from '../auth/access.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import type { GuardParts } from '../http/guard.ts';
import { addRoute } from '../http/route.ts';
import type { Perform } from '../outcome.ts';
import { availability, create, type NamespaceParts, NOWHERE, remove } from './namespace.ts';

const tag = 'namespaces';

/** The routes of a doctor's or a desk's practice. What changes it runs in the namespace's turn. */
export function addNamespaceRoutes(
  app: FastifyInstance,
  parts: NamespaceParts & GuardParts & { perform: Perform },
): void {
  addRoute(
    app,
    parts,
    'create-namespace',
    {
      tag,
      changes: true,
      summary: 'Make a namespace',
      description: 'Opens a practice for doctors and patients to connect to. Asking again is fine.',
    },
    async ({ namespaceId }, identity, who) => {
      assertCovers(identity, namespaceId);
      const { created } = await parts.perform(namespaceId, () => create(parts, namespaceId, who));
      return { msg: created ? 'The namespace is made.' : 'The namespace was there already.' };
    },
  );

  addRoute(
    app,
    parts,
    'remove-namespace',
    {
      tag,
      changes: true,
      summary: 'Remove a namespace',
      description:
        'Ends its consultations, empties its waiting room and closes its connections, each of which hears why. Removing what is not there is fine.',
    },
    async ({ namespaceId }, identity, who) => {
      assertCovers(identity, namespaceId);
      const { removed } = await parts.perform(namespaceId, () => remove(parts, namespaceId, who));
      return { msg: removed ? 'The namespace is removed.' : 'There was no such namespace.' };
    },
  );

  addRoute(
    app,
    parts,
    'check-availability',
    {
      tag,
      changes: false,
      summary: 'Ask whether a namespace is there',
      description: 'Tells whether the namespace exists, a doctor is online, and how many wait.',
    },
    async ({ namespaceId }, identity) => {
      // What the token is not for is not there, as far as its bearer can tell (SPEC AUTH-4).
      const { exists, doctorOnline, queueLength } = covers(identity, namespaceId)
        ? await availability(parts, namespaceId)
        : NOWHERE;
      return {
        msg: exists ? 'The namespace is there.' : 'There is no such namespace.',
        availability: exists,
        'doctor-online': doctorOnline,
        'queue-length': queueLength,
      };
    },
  );
}

function assertCovers(identity: Identity, namespaceId: string): void {
  if (!covers(identity, namespaceId)) throw new SignalingError('not-allowed');
}
