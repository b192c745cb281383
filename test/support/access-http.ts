import {
  API_ROUTES,
  type ApiRoute,
  HTTP_ROUTES,
  type HttpRoute,
  type Role,
} from '@telemedicine-signaling/protocol';
import { type Expected, may, type Position } from './access.ts';
import type { Asked } from './raw-http.ts';

export type Route = HttpRoute | ApiRoute;

export const ROUTES: readonly Route[] = [
  ...(Object.keys(HTTP_ROUTES) as HttpRoute[]),
  ...API_ROUTES,
];

/** What is asked about: a namespace, and a consultation in it. */
export interface Place {
  home: string;
  room: string;
}

function fieldsOf(route: Route, { home, room }: Place): Record<string, unknown> {
  switch (route) {
    case 'ice-servers':
      return {};
    case 'join-room':
      return { roomId: room };
    case 'tokens':
    case 'invitations':
      return { role: 'patient', subject: 'somebody', namespaces: [home], room };
    case 'consultations':
      return { namespaceId: home, day: '2030-01-01' };
    default:
      return { namespaceId: home };
  }
}

/** Resources that are read; the others of their kind are made. */
const READ: readonly Route[] = ['ice-servers', 'consultations'];

/** Every way in which a route can be asked about this place. */
export function requestsFor(route: Route, place: Place): Asked[] {
  const fields = fieldsOf(route, place);
  if ((API_ROUTES as readonly Route[]).includes(route)) {
    const method = READ.includes(route) ? 'GET' : 'POST';
    return [{ method, path: `/api/v1/${route}`, fields }];
  }
  return ['', '/api'].flatMap((prefix) =>
    (['GET', 'POST'] as const).map((method) => ({ method, path: `${prefix}/${route}`, fields })),
  );
}

/** More than the one room of a token. */
const WHOLE_PRACTICE: readonly Route[] = ['create-namespace', 'remove-namespace', 'create-room'];

/** What comes of asking (SPEC AUTH-1, AUTH-4). Over HTTP nobody is in a room: only tokens count. */
export function expectedOfRoute(route: Route, role: Role, position: Position): Expected {
  if (position === 'no token') return 'token-missing';
  if (position === 'expired token') return 'token-expired';
  const isPinned = position === 'pinned to another room';
  if (!may(role, route) || (isPinned && WHOLE_PRACTICE.includes(route))) return 'not-allowed';
  if (!isPinned && position !== 'other namespace') return 'ok';
  switch (route) {
    case 'join-room':
      return 'room-not-found';
    case 'create-room':
      return 'namespace-not-found';
    case 'check-availability':
    case 'consultations':
    case 'ice-servers':
      return 'ok';
    default:
      return 'not-allowed';
  }
}

/** Where the answer is "nothing there", and no error: it has to be the same where there is something. */
export const showsNothing = (route: Route, position: Position): boolean =>
  (route === 'consultations' && position === 'pinned to another room') ||
  (position === 'other namespace' && ['check-availability', 'consultations'].includes(route));
