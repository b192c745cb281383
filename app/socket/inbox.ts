import {
  CLIENT_EVENTS,
  type ClientEvent,
  ERRORS,
  type ErrorCode,
  type Passed,
} from '@telemedicine-signaling/protocol';
import type { Audit } from '../audit/trail.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { Allowance } from './allowance.ts';
import { noteRefusedEvent } from './audited.ts';
import { cutOff } from './cut-off.ts';
import { HANDLERS } from './events.ts';
import { noteKick } from './notes.ts';
import { assertPlain } from './payload.ts';
import type { Session } from './session.ts';
import type { SocketLog } from './socket-log.ts';
import type { EventParts, Reply } from './turn.ts';

type Acknowledge = (answer: object) => void;

export interface InboxParts extends EventParts {
  limits: EventParts['limits'] & {
    payloadDepth: number;
    eventBurst: number;
    eventsPerSecond: number;
  };
  audit: Audit;
  log: SocketLog;
  /** A fault of ours: the client hears `internal`, the operator the rest. */
  onFault: (event: string, error: unknown, connection: string | undefined) => void;
}

/** Field → the error that names it better than `invalid-payload` does. */
const FIELD_ERRORS: Readonly<Record<string, ErrorCode>> = {
  'room-id': 'invalid-room-id',
  roomID: 'invalid-room-id',
  'namespace-id': 'invalid-namespace-id',
  'to-namespace-id': 'invalid-namespace-id',
};

/**
 * Takes one event from a client, `heard` being its name, its payload and, if the client asked for one,
 * the acknowledgement: looks it up in the event table, validates it once, lets it act, and answers.
 * Without an acknowledgement only an error is answered, as `signaling-error` (SPEC IN-1).
 */
export function receive(
  parts: InboxParts,
  session: Session,
  heard: readonly unknown[],
  connection?: string,
): void {
  const last = heard.at(-1);
  const acknowledge = typeof last === 'function' ? (last as Acknowledge) : undefined;
  const [name, payload] = acknowledge === undefined ? heard : heard.slice(0, -1);
  // Socket.IO lets an event through whose name is a number, or that has none at all.
  const event = typeof name === 'string' ? name : '';
  const asked = { event, payload, acknowledge, connection, began: performance.now() };
  try {
    assertPace(parts, session, asked.began);
    const reply = handle(parts, session, event, payload);
    if (!(reply instanceof Promise)) accept(parts, asked, reply);
    else {
      reply.then(
        (fields) => accept(parts, asked, fields),
        (error: unknown) => refuse(parts, session, asked, error),
      );
    }
  } catch (error) {
    refuse(parts, session, asked, error);
  }
}

/** What a client asks by an event. */
interface Asked {
  event: string;
  payload: unknown;
  acknowledge: Acknowledge | undefined;
  /** What all lines of the log have in common that its connection has caused. */
  connection: string | undefined;
  /** When it came, by the process's own clock. */
  began: number;
}

/** Counted in plain numbers, since this is the way of every relayed message (SPEC METRIC-3). */
function accept({ counts, log }: InboxParts, asked: Asked, reply: object): void {
  const { acknowledge, connection, began } = asked;
  acknowledge?.({ ...reply, status: 'ok' });
  const event = asked.event as ClientEvent;
  const { delivered } = reply as { delivered?: 'now' | 'held' };
  counts.events.add(event, delivered === 'held' ? 'held' : 'ok');
  if (delivered === undefined) counts.changed.since(began);
  else counts.relayed.since(began, delivered);
  log.trace({ connection, event, delivered }, 'an event is done');
}

/**
 * Takes the event off the sender's allowance (SPEC LIMIT-2). Whoever floods on after being told is cut,
 * and comes back with its place kept.
 * @throws SignalingError `rate-limited`
 */
function assertPace(parts: InboxParts, session: Session, now: number): void {
  const { limits, counts } = parts;
  session.hasSpoken = true;
  session.allowance ??= new Allowance(
    { burst: limits.eventBurst, perSecond: limits.eventsPerSecond },
    now,
  );
  if (session.allowance.take(now)) return;
  counts.rateLimited.add('events');
  if (session.allowance.isFlooding) {
    const { socket } = session;
    noteKick(parts, 'flood', socket);
    session.allowance = null;
    // What it has sent already does not count any more, and what is sent to it is kept.
    session.socket = null;
    if (socket !== null) cutOff(socket.conn);
  }
  throw new SignalingError('rate-limited');
}

function handle(parts: InboxParts, session: Session, event: string, payload: unknown): Reply {
  if (!isKnown(event)) throw new SignalingError('unknown-event');
  assertPlain(payload, parts.limits.payloadDepth);
  const parsed = CLIENT_EVENTS[event].safeParse(payload);
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? '');
    const code = FIELD_ERRORS[field];
    if (code !== undefined) throw new SignalingError(code);
    throw new SignalingError('invalid-payload', explain(event, field));
  }
  const namespaceId = payload['namespace-id'];
  if (namespaceId !== undefined && namespaceId !== session.namespaceId) {
    throw new SignalingError('namespace-mismatch');
  }
  const handler = HANDLERS[event] as (parts: EventParts, session: Session, sent: Passed) => Reply;
  return handler(parts, session, payload);
}

const isKnown = (event: string): event is ClientEvent => Object.hasOwn(CLIENT_EVENTS, event);

/** The name of an event that is not in the table is the client's own text. */
const nameOf = (event: string): ClientEvent | 'unknown' => (isKnown(event) ? event : 'unknown');

const explain = (event: string, field: string): string =>
  field === ''
    ? `${ERRORS['invalid-payload'].msg} See the keys of ${event}.`
    : `${event} needs a well-formed ${field}.`;

function refuse(parts: InboxParts, session: Session, asked: Asked, error: unknown): void {
  const { event, payload, acknowledge, connection } = asked;
  const known = error instanceof SignalingError ? error : new SignalingError('internal');
  if (known !== error) parts.onFault(nameOf(event), error, connection);
  const { code, message: msg, retry } = known;
  parts.counts.events.add(nameOf(event), code);
  parts.log.debug({ connection, event: nameOf(event), code }, 'an event is refused');
  noteRefusedEvent(parts.audit, session, event, payload, code);
  if (acknowledge !== undefined) acknowledge({ status: 'error', code, msg, retry });
  else {
    // The name of an event is the client's text: it gets back what it can recognise, not all of it.
    const data = { event: event.slice(0, 64), code, msg, retry };
    if (session.socket !== null)
      parts.delivery.emit(session, session.socket, 'signaling-error', data);
  }
}
