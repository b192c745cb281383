import { CLIENT_EVENTS, type ClientEvent } from '@telemedicine-signaling/protocol';
import fc from 'fast-check';
import { z } from 'zod';
import { POLICY } from '../../app/auth/policy.ts';
import { anyValue, mutated } from './junk.ts';
import { badCandidate, badSdp, goodCandidate, goodSdp } from './media.ts';
import { type Attack, CAST, VILLAINS } from './villain.ts';

type Payload = Record<string, unknown>;

const EVENTS = Object.keys(CLIENT_EVENTS) as ClientEvent[];

const room = fc.constantFrom('{{room-0}}', '{{room-1}}', '{{room-2}}', '{{room-3}}', 'nowhere');
const client = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...VILLAINS.map((name) => `{{${name}}}`)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...['{{ward-doctor}}', '{{ward-patient}}', '{{elsewhere-doctor}}', '{{elsewhere-patient}}'],
      ...['nobody', '{{room-0}}', '/market', 'market'],
    ),
  },
);
const patient = fc.constantFrom<unknown>('p-0', 'p-1', 'p-2', 'p-honest', 7, 1e21, '7');

/** Values that mean something where they stand. */
const KNOWN_KEYS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'room-id': room,
  roomID: room,
  'client-id': client,
  'peer-id': client,
  patientID: patient,
  'patient-id': patient,
  'namespace-id': fc.constantFrom('market', 'market', 'ward', 'elsewhere', '/market'),
  'to-namespace-id': fc.constantFrom('market', 'ward', 'elsewhere', 'nowhere'),
  token: fc.oneof(
    fc.constantFrom(...VILLAINS.map((name) => `{{token-${name}}}`)),
    mutated(fc.constant('{{token-doctor-0}}')),
  ),
};

interface Form {
  properties?: Record<string, { type?: string; pattern?: string; maxLength?: number }>;
}

/** A payload of the form that the protocol's schema asks for. */
function wellFormed(event: ClientEvent): fc.Arbitrary<Payload> {
  const { properties = {} } = z.toJSONSchema(CLIENT_EVENTS[event], { io: 'input' }) as Form;
  const values = Object.entries(properties).map(([key, { type, pattern, maxLength = 300 }]) => {
    if (KNOWN_KEYS[key] !== undefined) return [key, KNOWN_KEYS[key]] as const;
    if (type === 'boolean') return [key, fc.boolean()] as const;
    if (pattern !== undefined) return [key, fc.stringMatching(new RegExp(pattern))] as const;
    return [key, fc.string({ minLength: 1, maxLength })] as const;
  });
  return fc.record(Object.fromEntries(values), {
    requiredKeys: Object.keys(properties).slice(0, 1),
  });
}

const sdp = fc.oneof({ weight: 3, arbitrary: goodSdp }, { weight: 1, arbitrary: badSdp });
const candidate = fc.oneof(
  { weight: 3, arbitrary: goodCandidate },
  { weight: 1, arbitrary: badCandidate },
);
/** What pages put beside the keys that the server knows, as they do and as nobody should. */
const beside: fc.Arbitrary<Payload> = fc.oneof(
  fc.record({ offer: fc.record({ type: fc.constantFrom('offer', 'answer'), sdp }) }),
  fc.record({ answer: fc.record({ type: fc.constant('answer'), sdp }) }),
  fc.record({ sdp: fc.oneof(sdp, anyValue), type: anyValue }),
  fc.record({ candidate: fc.record({ candidate, sdpMid: anyValue, sdpMLineIndex: fc.nat(3) }) }),
  fc.record({ candidate: fc.oneof(candidate, anyValue) }),
  fc.record({ any: fc.array(candidate, { maxLength: 250 }) }),
  fc.record({ data: sdp.map((text) => JSON.stringify({ a: [{ sdp: text }] })) }),
  fc.dictionary(fc.string({ maxLength: 12 }), anyValue, { maxKeys: 4 }),
  fc.record({ from: client, init: anyValue, role: fc.constant('doctor') }),
);

type Change = (payload: Payload) => unknown;
const changes: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.nat(3), anyValue).map(([index, value]): Change => {
    return (payload) => {
      const key = Object.keys(payload)[index];
      return key === undefined ? payload : { ...payload, [key]: value };
    };
  }),
  fc.nat(3).map((index): Change => {
    return (payload) => Object.fromEntries(Object.entries(payload).filter((_, at) => at !== index));
  }),
  fc.constantFrom<Change>(
    (payload) => [payload],
    (payload) => JSON.stringify(payload),
    (payload) => ({ payload }),
    (payload) => JSON.parse(`{"__proto__":${JSON.stringify(payload)}}`),
  ),
  anyValue.map(
    (value): Change =>
      () =>
        value,
  ),
);

const payloadOf = (event: ClientEvent): fc.Arbitrary<unknown> => {
  const whole = fc
    .tuple(wellFormed(event), fc.option(beside, { nil: {} }))
    .map(([known, unknown]): Payload => ({ ...unknown, ...known }));
  return fc.oneof(
    { weight: 3, arbitrary: whole },
    { weight: 2, arbitrary: fc.tuple(whole, changes).map(([given, change]) => change(given)) },
  );
};

const sayingOf = (event: ClientEvent): fc.Arbitrary<string> => {
  const json = fc
    .tuple(payloadOf(event), fc.array(anyValue, { maxLength: 2 }), fc.nat(3))
    .map(([payload, more, chance]) =>
      JSON.stringify([event, payload, ...(chance === 0 ? more : [])]),
    );
  return fc.oneof(
    { weight: 20, arbitrary: json },
    { weight: 1, arbitrary: mutated(json, EVENTS) },
    { weight: 1, arbitrary: anyValue.map((name) => JSON.stringify([name, {}])) },
  );
};

/** Mostly said by those who may: what they may not has to be well-formed to be refused. */
function attackOf(event: ClientEvent): fc.Arbitrary<Attack> {
  const may = VILLAINS.filter((name) => POLICY[event].includes(CAST[name].role));
  return fc.record({
    as: fc.constantFrom(...may, ...may, ...may, ...VILLAINS),
    say: sayingOf(event),
    isAcknowledged: fc.boolean(),
  });
}

/** Events as they should be, and every way in which we could think of them not to be. */
export const payloadAttacks: fc.Arbitrary<Attack> = fc.oneof(...EVENTS.map(attackOf));
