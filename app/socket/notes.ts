import type { ErrorCode } from '@telemedicine-signaling/protocol';
import type { Socket } from 'socket.io';
import type { Counts } from '../ops/metrics/counts.ts';
import type { KickReason } from '../ops/metrics/table.ts';
import type { Session } from './session.ts';
import type { SocketLog } from './socket-log.ts';

/** Notes that this server cuts a connection, and why; before it is cut. */
export function noteKick(
  { counts, log }: { counts: Counts; log: SocketLog },
  reason: KickReason,
  socket?: Socket | null,
): void {
  counts.kicks.add(reason);
  log.debug({ connection: connectionOf(socket), reason }, 'a connection is cut');
}

/** Notes that a connection is not let into its namespace. */
export function noteRefusal(
  { counts, log }: { counts: Counts; log: SocketLog },
  socket: Socket,
  code: ErrorCode,
): void {
  counts.refused.add(code);
  log.debug({ connection: connectionOf(socket), code }, 'a connection is refused');
}

/** A connection is welcome. `resumed`: as the client that it was before. */
export function noteArrival(log: SocketLog, socket: Socket, { role, generation }: Session): void {
  const transport = socket.conn.transport?.name;
  const resumed = generation > 1;
  log.debug({ connection: connectionOf(socket), role, transport, resumed }, 'a client arrives');
}

/** What the lines of a connection have in common (SPEC LOG-4). */
export const connectionOf = (socket: Socket | null | undefined): string | undefined =>
  socket?.data.connection;
