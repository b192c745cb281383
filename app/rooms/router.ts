import type { FastifyInstance } from 'fastify';
import { covers, mayBeIn } from '../auth/access.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { coversRoom, type GuardParts } from '../http/guard.ts';
import { addRoute } from '../http/route.ts';
import type { Perform } from '../outcome.ts';
import { type LobbyParts, lookUpRoom, makeRoom } from './lobby.ts';

const tag = 'rooms';

/** The routes of a consultation before anybody is connected. */
export function addRoomRoutes(
  app: FastifyInstance,
  parts: LobbyParts & GuardParts & { perform: Perform },
): void {
  addRoute(
    app,
    parts,
    'create-room',
    {
      tag,
      changes: true,
      summary: 'Make a room',
      description:
        'Gives out a fresh room id, known to the server from now on. With `namespaceId` the room belongs to that namespace; without, to the one in which a patient first enters it.',
    },
    async ({ namespaceId }, identity) => {
      if (namespaceId !== undefined && !covers(identity, namespaceId)) {
        throw new SignalingError('namespace-not-found');
      }
      const make = () => makeRoom(parts, namespaceId);
      // A room of no namespace has no turn to wait for: nobody but the store knows of it yet.
      const { roomId } =
        namespaceId === undefined ? (await make()).reply : await parts.perform(namespaceId, make);
      return { msg: 'The room is made.', 'room-id': roomId };
    },
  );

  addRoute(
    app,
    parts,
    'join-room',
    {
      tag,
      changes: false,
      summary: 'Ask whether a room can be joined',
      description:
        'Tells the state of a room that exists and has not ended. Joining itself happens over Socket.IO.',
    },
    async ({ roomId }, identity) => {
      const room = await lookUpRoom(parts, roomId, ({ id, namespaceId }) => {
        return mayBeIn(identity, id) && coversRoom(identity, namespaceId);
      });
      return { msg: 'The room is there.', 'room-id': room.roomId, state: room.state };
    },
  );
}
