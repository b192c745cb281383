import { ERRORS, type ErrorCode } from '@telemedicine-signaling/protocol';
import type { Time } from '../data/session-data.ts';
import type { Counts } from '../ops/metrics/counts.ts';
import { StallWatch } from './backlog.ts';
import { cutOff } from './cut-off.ts';
import type { Directory } from './directory.ts';
import { noteKick } from './notes.ts';
import type { Session } from './session.ts';
import type { SocketLog } from './socket-log.ts';

export interface PatrolParts {
  directory: Directory;
  counts: Counts;
  log: SocketLog;
  limits: { firstEventSeconds: number; backlogSeconds: number };
}

/** How long a connection goes on after its access token has expired, in milliseconds (SPEC AUTH-6). */
const GRACE_MS = 25_000;

const AT_A_TIME = 500;

/**
 * Looks after all connections in one round, instead of a timer for each. Whoever is cut keeps the place
 * for the window, and may come back.
 */
export class Patrol {
  readonly #parts: PatrolParts;
  readonly #stalls = new StallWatch();

  constructor(parts: PatrolParts) {
    this.#parts = parts;
  }

  /** Resolves when all were looked at, some at a time: thousands at once would hold up everybody's messages. */
  async round(now: Time): Promise<void> {
    const moment = performance.now();
    let looked = 0;
    for (const session of this.#parts.directory.all()) {
      this.#look(session, now, moment);
      looked += 1;
      if (looked % AT_A_TIME === 0) await new Promise(setImmediate);
    }
  }

  #look(session: Session, now: Time, moment: number): void {
    const { socket, identity } = session;
    if (socket === null) return;
    const { firstEventSeconds, backlogSeconds } = this.#parts.limits;
    if (this.#stalls.isStalled(socket, backlogSeconds * 1000, moment)) {
      // It does not read: there is nothing to tell it.
      noteKick(this.#parts, 'backlog-seconds', socket);
      cutOff(socket.conn);
    } else if (identity.expiresAt !== null && identity.expiresAt + GRACE_MS <= now) {
      noteKick(this.#parts, 'token-expired', socket);
      cut(session, 'token-expired');
    } else if (!session.hasSpoken && session.connectedAt + firstEventSeconds * 1000 <= moment) {
      noteKick(this.#parts, 'never-spoke', socket);
      cut(session, 'limit-reached', 'This connection never sent an event.');
    }
  }
}

function cut({ socket }: Session, code: ErrorCode, why?: string): void {
  const { msg, retry } = ERRORS[code];
  socket?.emit('signaling-error', { event: 'connection', code, msg: why ?? msg, retry });
  socket?.disconnect();
}
