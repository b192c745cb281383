import { html, type TemplateResult } from 'lit';
import type { deskTexts } from '../texts/desk.ts';
import { takeField } from './field-of.ts';

/** A line for one who waits, or for all (SPEC DESK-4). */
export const messageForm = (
  t: (typeof deskTexts)['en'],
  send: (text: string) => void,
): TemplateResult => html`<form
  @submit=${(event: SubmitEvent) => {
    const text = takeField(event);
    if (text !== '') send(text);
  }}
>
  <label>
    ${t.messageLabel}
    <input type="text" name="field" maxlength="500" required autocomplete="off" />
  </label>
  <button class="button main">${t.send}</button>
</form>`;
