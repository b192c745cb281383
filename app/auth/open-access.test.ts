import { CLIENT_EVENTS, type ClientEvent, ROLES } from '@telemedicine-signaling/protocol';
import { describe, expect, it } from 'vitest';
import { claimedRole } from './open-access.ts';

const EVENTS = Object.keys(CLIENT_EVENTS) as ClientEvent[];

describe('in open access', () => {
  it('AUTH-2 doctor-joined makes a doctor, create a patient, whatever it was before', () => {
    for (const role of ['guest', 'patient'] as const) {
      expect(claimedRole(role, 'doctor-joined', false)).toBe('doctor');
      expect(claimedRole(role, 'create', false)).toBe('patient');
    }
  });

  it('AUTH-2 a doctor stays one', () => {
    for (const event of EVENTS) expect(claimedRole('doctor', event, false)).toBe('doctor');
  });

  it('AUTH-2 who is in a room keeps the role that it came with', () => {
    for (const role of ROLES) {
      for (const event of EVENTS) expect(claimedRole(role, event, true)).toBe(role);
    }
  });

  it('AUTH-2 no other event makes anybody anything', () => {
    for (const event of EVENTS.filter((one) => one !== 'doctor-joined' && one !== 'create')) {
      for (const role of ROLES) expect(claimedRole(role, event, false)).toBe(role);
    }
  });
});
