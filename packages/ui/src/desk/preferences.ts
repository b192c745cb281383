/** What a doctor has switched on or off at this device. */
export interface Preferences {
  sound: boolean;
  notify: boolean;
  badge: boolean;
  /** Initials by default: who looks over a shoulder need not read a name. */
  names: boolean;
}

/** One of them, switched. */
export interface Preference {
  key: keyof Preferences;
  on: boolean;
}

const KEY = 'telemedicine-signaling desk preferences';
const DEFAULTS: Preferences = { sound: true, notify: false, badge: true, names: false };

export function readPreferences(): Preferences {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return DEFAULTS;
  }
}

export function keepPreferences(preferences: Preferences): void {
  // A browser that keeps nothing costs the choice at the next visit, and nothing now.
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {}
}
