import type { WebhookBody, WebhookType } from '@telemedicine-signaling/protocol';
import type { ConsultationFact } from './consultation-records.ts';
import type { Room, Time } from './session-data.ts';

/** What the store keeps of a consultation while it lasts, to know what is still to be told of it. */
export interface Told {
  roomId: string;
  namespaceId: string;
  /** The patient's client-id, the latest one. */
  clientId: string;
  /** How many webhooks there were of it. */
  sequence: number;
  /** A doctor is with the patient. */
  isAdmitted: boolean;
  isConnected: boolean;
  isSoonTold: boolean;
}

/** A webhook that is to be put in. */
export interface NewWebhook {
  type: WebhookType;
  namespaceId: string;
  roomId: string;
  at: Time;
  body: string;
}

/** What there is to tell, and what is known of the consultation then; `null`: it is over. */
export interface Telling {
  told: Told | null;
  webhooks: NewWebhook[];
}

/** What one webhook says beside which consultation it is. */
type Saying = {
  [T in WebhookType]: {
    type: T;
    data: Omit<
      Extract<WebhookBody, { type: T }>['data'],
      'namespace-id' | 'room-id' | 'client-id' | 'sequence'
    >;
  };
}[WebhookType];

/** A consultation of which nothing was told yet, as its room is. */
export const nothingTold = ({
  id,
  namespaceId,
  members,
}: Pick<Room, 'id' | 'namespaceId' | 'members'>): Told => ({
  roomId: id,
  namespaceId: namespaceId ?? '',
  clientId: members.find(({ role }) => role === 'patient')?.clientId ?? '',
  sequence: 0,
  isAdmitted: false,
  isConnected: false,
  isSoonTold: false,
});

/** What the backend hears of facts that are noted of a consultation (SPEC HOOK-1). */
export function tellFacts(known: Told, facts: readonly ConsultationFact[], at: Time): Telling {
  let told = known;
  let isOver = false;
  const webhooks: NewWebhook[] = [];
  for (const fact of facts) {
    const saying = sayingOf(told, fact);
    told = after(told, fact);
    // A transfer ends one consultation and begins another in the same room.
    isOver = fact.fact === 'ended';
    if (saying === undefined) continue;
    told = { ...told, sequence: told.sequence + 1 };
    webhooks.push(webhookOf(told, saying, at));
  }
  return { told: isOver ? null : told, webhooks };
}

/** The patient's turn is near (SPEC HOOK-7): told once, until a doctor has come in. */
export function tellTurn(known: Told, position: number, at: Time): Telling {
  const told = { ...known, isSoonTold: true, sequence: known.sequence + 1 };
  const saying: Saying = { type: 'consultation.turn-soon', data: { position } };
  return { told, webhooks: [webhookOf(told, saying, at)] };
}

/** Patient and doctor have agreed on a call (SPEC HOOK-8). */
export function tellConnected(known: Told, at: Time): Telling {
  if (!known.isAdmitted || known.isConnected) return { told: known, webhooks: [] };
  const told = { ...known, isConnected: true, sequence: known.sequence + 1 };
  const saying: Saying = { type: 'consultation.connected', data: {} };
  return { told, webhooks: [webhookOf(told, saying, at)] };
}

function sayingOf(told: Told, fact: ConsultationFact): Saying | undefined {
  switch (fact.fact) {
    case 'waits':
      return { type: 'consultation.waiting', data: { again: false } };
    case 'admitted':
      return { type: 'consultation.admitted', data: { by: fact.by } };
    case 'is':
      // A knock that is over leads here, too: then nobody was with the patient.
      return isBack(told, fact)
        ? { type: 'consultation.waiting', data: { again: true } }
        : undefined;
    case 'ended':
      return fact.reason === 'abandoned'
        ? { type: 'consultation.abandoned', data: {} }
        : { type: 'consultation.ended', data: { reason: fact.reason, by: fact.by } };
    default:
      return undefined;
  }
}

const NOBODY_THERE = { isAdmitted: false, isConnected: false, isSoonTold: false };

function after(told: Told, fact: ConsultationFact): Told {
  switch (fact.fact) {
    case 'waits':
      return {
        ...told,
        namespaceId: fact.namespaceId,
        clientId: fact.clientId,
        ...NOBODY_THERE,
      };
    case 'patient':
      return { ...told, clientId: fact.clientId };
    case 'admitted':
      return { ...told, isAdmitted: true, isSoonTold: true };
    case 'is':
      return isBack(told, fact) ? { ...told, ...NOBODY_THERE } : told;
    default:
      return told;
  }
}

const isBack = (told: Told, { state }: Extract<ConsultationFact, { fact: 'is' }>): boolean =>
  told.isAdmitted && (state === 'waiting' || state === 'knocking');

function webhookOf(told: Told, { type, data }: Saying, at: Time): NewWebhook {
  const { namespaceId, roomId, clientId, sequence } = told;
  const consultation = {
    'namespace-id': namespaceId,
    'room-id': roomId,
    'client-id': clientId,
    sequence,
  };
  const timestamp = new Date(at).toISOString();
  const body = { type, timestamp, data: { ...consultation, ...data } } as WebhookBody;
  return { type, namespaceId, roomId, at, body: JSON.stringify(body) };
}
