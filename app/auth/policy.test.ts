import { CLIENT_EVENTS, HTTP_ROUTES, ROLES, type Role } from '@telemedicine-signaling/protocol';
import { describe, expect, it } from 'vitest';
import { type Action, assertMay, POLICY } from './policy.ts';

const mayDo = (role: Role, action: Action): boolean => POLICY[action].includes(role);

const ACTIONS = Object.keys(POLICY) as Action[];

/** Whether these roles may, and all others may not. */
function onlyFor(roles: readonly Role[], actions: readonly Action[]): void {
  for (const action of actions) {
    expect(
      ROLES.filter((role) => mayDo(role, action)),
      action,
    ).toEqual(roles);
  }
}

describe('the policy table', () => {
  it('AUTH-1 has a row for every event and every route', () => {
    expect(ACTIONS).toEqual(
      expect.arrayContaining([...Object.keys(CLIENT_EVENTS), ...Object.keys(HTTP_ROUTES)]),
    );
  });

  it('AUTH-1 a service asks over HTTP and sends no event', () => {
    onlyFor(
      [],
      Object.keys(CLIENT_EVENTS).filter((event) => mayDo('service', event as Action)) as Action[],
    );
    expect(mayDo('service', 'create-namespace')).toBe(true);
  });

  it('AUTH-1 the desk is the doctor’s', () => {
    onlyFor(
      ['doctor'],
      [
        'doctor-joined',
        'doctor-rejected',
        'doctor-ended',
        'call-next',
        'hold',
        'return-to-queue',
        'transfer',
        'message-to-waiting',
        'set-priority',
      ],
    );
  });

  it('AUTH-1 what a patient says, only a patient says', () => {
    onlyFor(
      ['patient'],
      ['create', 'ack-doctor-entered', 'patient-left', 'patient-ended', 'ready'],
    );
  });

  it('AUTH-1 a guest may come in, speak, and go', () => {
    const may = Object.keys(CLIENT_EVENTS).filter((event) => mayDo('guest', event as Action));
    expect(may.sort()).toEqual(
      [
        'answer',
        'call-report',
        'ice-candidate',
        'join',
        'leave',
        'offer',
        'refresh-ice-servers',
        'refresh-token',
        'send-metadata',
      ].sort(),
    );
  });

  it('AUTH-1 whoever may not is told not-allowed', () => {
    for (const action of ACTIONS) {
      for (const role of ROLES) {
        const assertion = () => assertMay({ role, room: null }, action);
        if (mayDo(role, action)) expect(assertion).not.toThrow();
        else expect(assertion).toThrow(expect.objectContaining({ code: 'not-allowed' }));
      }
    }
  });
});
