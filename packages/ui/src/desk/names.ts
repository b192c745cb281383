import type { WaitingPatient } from '@telemedicine-signaling/client';
import { initialsOf } from '../parts/avatar.ts';

/** `metadata.name` as the patient's page gave it; empty if it gave none. */
export function fullName({ metadata }: WaitingPatient): string {
  const { name } = metadata;
  return typeof name === 'string' ? name : '';
}

/** How a patient is called at this desk (SPEC UI-3). */
export function shownName(patient: WaitingPatient, withNames: boolean): string {
  const name = fullName(patient);
  return withNames ? name : initialsOf(name) || '?';
}

export const minutesSince = (since: Date): number =>
  Math.max(0, Math.floor((Date.now() - since.getTime()) / 60_000));
