import type {
  ClientEvent,
  ClientPayload,
  Passed,
  Readiness,
} from '@telemedicine-signaling/protocol';
import { iceFields } from '../ice/ice-servers.ts';
import { countCall } from '../ops/metrics/calls.ts';
import { join, knock } from '../rooms/admit.ts';
import { leave } from '../rooms/attendance.ts';
import {
  callNext,
  hold,
  messageToWaiting,
  reportReady,
  returnToQueue,
  setPriority,
} from '../rooms/desk.ts';
import { endConsultation, patientLeft, reject } from '../rooms/end.ts';
import { enterWaitingRoom } from '../rooms/enter.ts';
import { doctorArrives } from '../rooms/waiting-room.ts';
import { connectedIn } from './connected.ts';
import { actorOf, refreshToken, sitDown, takeRole } from './identity.ts';
import { relayEvent } from './relay-event.ts';
import { assertMayDo, assertMayMean } from './rights.ts';
import type { Session } from './session.ts';
import { transferEvent } from './transfer-event.ts';
import { act, type EventParts, inTurn, type Reply } from './turn.ts';

type Handlers = {
  [E in ClientEvent]: (
    parts: EventParts,
    session: Session,
    sent: ClientPayload<E> & Passed,
  ) => Reply;
};

/** The event table: event → what it does. Names and forms are the protocol's, rights the policy's. */
export const HANDLERS: Handlers = {
  'doctor-joined': (parts, session) =>
    inTurn(parts, session, async () => {
      await takeRole(parts, session, 'doctor-joined');
      const isNew = !session.isAtDesk;
      await sitDown(parts, session);
      const isConnected = await connectedIn(parts, session.namespaceId);
      const steps = await doctorArrives(parts.data, session, isNew, isConnected);
      return { reply: {}, steps };
    }),
  create: (parts, session, sent) =>
    inTurn(parts, session, async () => {
      await takeRole(parts, session, 'create');
      assertMayMean(session, sent);
      return enterWaitingRoom(parts.rooms, actorOf(session), sent);
    }),
  join: (parts, session, sent) =>
    inTurn(parts, session, async () => {
      assertMayDo(session, 'join');
      assertMayMean(session, sent);
      if (sent.init !== true) return join(parts.rooms, session, sent);
      // A guest may come in, but whoever may turn a patient away may knock.
      assertMayDo(session, 'doctor-rejected');
      return knock(parts.rooms, session, sent);
    }),
  'ack-doctor-entered': (parts, session, sent) =>
    relayEvent(parts, session, 'ack-doctor-entered', sent['client-id'], sent),
  'send-metadata': (parts, session, sent) =>
    relayEvent(parts, session, 'send-metadata', sent['peer-id'], sent),
  offer: (parts, session, sent) => relayEvent(parts, session, 'offer', sent['peer-id'], sent),
  answer: (parts, session, sent) => {
    const { onAnswer } = parts;
    const replying = relayEvent(parts, session, 'answer', sent['peer-id'], sent);
    if (onAnswer !== undefined) {
      const told = () => onAnswer(session.id, sent['peer-id']);
      // Of an answer that reached nobody there is nothing to tell.
      void Promise.resolve(replying).then(told, () => {});
    }
    return replying;
  },
  'ice-candidate': (parts, session, sent) =>
    relayEvent(parts, session, 'ice-candidate', sent['peer-id'], sent),
  'doctor-rejected': (parts, session, sent) =>
    act(parts, session, 'doctor-rejected', sent, () => reject(parts.rooms, session, sent)),
  'patient-left': (parts, session, sent) =>
    act(parts, session, 'patient-left', sent, () => patientLeft(parts.rooms, session, sent)),
  'doctor-ended': (parts, session, sent) =>
    act(parts, session, 'doctor-ended', sent, () =>
      endConsultation(parts.rooms, actorOf(session), 'doctor-ended', sent),
    ),
  'patient-ended': (parts, session, sent) =>
    act(parts, session, 'patient-ended', sent, () =>
      endConsultation(parts.rooms, session, 'patient-ended', sent),
    ),
  leave: (parts, session, sent) =>
    act(parts, session, 'leave', sent, () => leave(parts.rooms, session, sent['room-id'])),
  'call-next': (parts, session, sent) =>
    act(parts, session, 'call-next', sent, async () =>
      callNext(parts.rooms, session, sent, await connectedIn(parts, session.namespaceId)),
    ),
  hold: (parts, session, sent) =>
    act(parts, session, 'hold', sent, () => hold(parts.rooms, session, sent['room-id'])),
  'return-to-queue': (parts, session, sent) =>
    act(parts, session, 'return-to-queue', sent, () =>
      returnToQueue(parts.rooms, session, sent['room-id']),
    ),
  transfer: transferEvent,
  'message-to-waiting': (parts, session, sent) =>
    act(parts, session, 'message-to-waiting', sent, () => {
      // To all who wait: for those who may call any of them.
      if (sent['room-id'] === undefined) assertMayDo(session, 'call-next');
      return messageToWaiting(parts.rooms, session, sent);
    }),
  'set-priority': (parts, session, sent) =>
    act(parts, session, 'set-priority', sent, () => setPriority(parts.rooms, session, sent)),
  ready: (parts, session, sent) =>
    act(parts, session, 'ready', sent, () => reportReady(parts.rooms, session, sent as Readiness)),
  'refresh-token': (parts, session, sent) => refreshToken(parts, session, sent.token),
  'refresh-ice-servers': (parts, session) => {
    assertMayDo(session, 'refresh-ice-servers');
    return iceFields(parts.ice.forClient(session.id));
  },
  'call-report': (parts, session, sent) => {
    assertMayDo(session, 'call-report');
    countCall(parts.counts, sent);
    return {};
  },
};
