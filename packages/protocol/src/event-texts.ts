import type { ClientEvent } from './client-events.ts';
import type { ServerEvent } from './server-events.ts';

/** What each event does, in a sentence or two, for the description of the protocol. */
export const CLIENT_EVENT_TEXTS: Readonly<Record<ClientEvent, string>> = {
  'doctor-joined':
    'A doctor sits down at the desk: hears `queue`, then one `new-patient` for each who waits, longest wait first. Who waits hears `doctor-online`.',
  create:
    'A patient enters a room and waits in it. The doctors hear `new-patient` with all that is sent; the patient hears `queue-position`.',
  join: 'With `init: true` a doctor knocks: everybody in the room hears `doctor-entered`, other doctors `answered-elsewhere`. Without, the sender enters the room, and the others in it hear `room-joined`.',
  'ack-doctor-entered': 'A patient answers a knock; that doctor hears the same event.',
  'send-metadata': 'Anything, to one peer.',
  offer: 'WebRTC: a session description that offers, to one peer.',
  answer: 'WebRTC: the session description that answers, to one peer.',
  'ice-candidate': 'WebRTC: an ICE candidate, to one peer.',
  'doctor-rejected':
    'A doctor declines a patient: the room hears `rejected` and ends. `room-id` or `roomID` is needed.',
  'patient-left': 'A patient does not wait any longer: the doctors hear `patient-remove`.',
  'doctor-ended':
    'A doctor ends the consultation: the others in the room hear the same event. Without `room-id` it is the room of `patientID`, else the only one that the sender is in.',
  'patient-ended':
    'A patient ends the consultation: the others in the room hear the same event. Which room: as in `doctor-ended`.',
  leave:
    'The sender leaves the room; the others hear `client-left`. A patient waits again whose doctor leaves.',
  'call-next': 'Knocks on whoever is first in line, connected, and can be heard.',
  hold: 'The consultation rests; the others in the room hear `put-on-hold`. `join` takes it up again.',
  'return-to-queue': 'The patient waits on in the same place, for any doctor.',
  transfer:
    'The patient waits on in another namespace, with the waiting time. The token of the doctor has to be for that one, too.',
  'message-to-waiting': 'A line of text to one who waits or, without `room-id`, to all.',
  'set-priority': 'Urgent patients come before all others.',
  ready: "A patient's page says what works there; the doctors see it in `queue`.",
  'refresh-token': 'Puts a later access token in place before this one expires.',
  'refresh-ice-servers': 'Asks for STUN and TURN servers with fresh credentials.',
  'call-report':
    "After a call: how it went, for the operator's figures. Nothing of it is stored or passed on.",
};

/** What each event tells, in a sentence or two. */
export const SERVER_EVENT_TEXTS: Readonly<Record<ServerEvent, string>> = {
  welcome: 'The first event on every connection: who you are here, and what this server can do.',
  'new-patient': 'To the doctors: a patient waits. Carries what the page sent with `create`.',
  'doctor-entered':
    'To everybody in the room: a doctor knocks. Answer with `ack-doctor-entered`; the doctor is not in the room yet.',
  'ack-doctor-entered': 'To the doctor who knocked: the patient is there.',
  'room-joined': 'To the others in the room: somebody has come in.',
  'send-metadata': 'What a peer sent to you.',
  offer: 'A session description that a peer sent to you.',
  answer: 'The session description that answers yours.',
  'ice-candidate': 'An ICE candidate of a peer.',
  rejected: 'To the room: the doctor has declined. It ends.',
  'patient-remove': 'To the doctors: this patient does not wait any longer.',
  'doctor-ended': 'To the others in the room: the doctor has ended the consultation.',
  'patient-ended': 'To the others in the room: the patient has ended the consultation.',
  'client-disconnected':
    'A connection in one of your rooms is lost; its place is kept for the window.',
  'client-reconnected': 'That client is back.',
  'client-left': 'That client has left the room.',
  queue: 'To the doctors: the whole waiting room in order, at most once a second.',
  'queue-position': 'To a waiting patient: the place in line, now and at every change.',
  'doctor-online': 'To who waits: whether a doctor is there.',
  'put-on-hold': 'To the others in the room: the doctor has put the consultation on hold.',
  'returned-to-queue':
    'To the others in the room: the patient waits again; also when a knock is over.',
  transferred:
    'To the patient: go on in another namespace. Connect there with this `resume-token`.',
  'message-to-waiting': 'To a waiting patient: a line of text from the doctor.',
  'answered-elsewhere': 'To the other doctors: another doctor or device has taken this patient.',
  'room-ended': 'To everybody in the room, and to the doctors if it was in their waiting room.',
  'namespace-removed': 'To everybody in it: the practice is closed; this connection ends.',
  'server-draining': 'The server is about to restart: come back, your place is kept.',
  superseded: 'This client has come back on another connection: this one ends.',
  'signaling-error': 'An event was refused that asked for no acknowledgement.',
};
