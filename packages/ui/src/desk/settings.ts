import { html, type TemplateResult } from 'lit';
import type { deskTexts } from '../texts/desk.ts';
import type { Preferences } from './preferences.ts';

/** What a doctor may switch on and off at this device. */
export function settings(
  t: (typeof deskTexts)['en'],
  preferences: Preferences,
  prefer: (key: keyof Preferences, on: boolean) => void,
): TemplateResult {
  const choice = (key: keyof Preferences, label: string) => html`<label>
    <input
      type="checkbox"
      .checked=${preferences[key]}
      @change=${(event: Event) => prefer(key, (event.target as HTMLInputElement).checked)}
    />
    ${label}
  </label>`;
  return html`<div class="settings" role="group" aria-label=${t.settings}>
    ${choice('sound', t.sound)} ${choice('notify', t.notify)} ${choice('badge', t.badge)}
    ${choice('names', t.names)}
  </div>`;
}
