export const ROLES = ['doctor', 'patient', 'guest', 'service'] as const;

/** Who somebody is: `guest` is an interpreter, relative or trainee, `service` the hospital's backend. */
export type Role = (typeof ROLES)[number];
