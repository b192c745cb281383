import { html, type TemplateResult } from 'lit';
import type { deskTexts } from '../texts/desk.ts';
import { takeField } from './field-of.ts';

/** Another practice that patients may be sent on to. */
export interface Practice {
  /** Its `namespace-id`. */
  id: string;
  /** As the doctor knows it. */
  name: string;
}

/** Asks for the practice: out of those that are known, else by its id. */
export const transferForm = (
  t: (typeof deskTexts)['en'],
  practices: readonly Practice[],
  transfer: (namespaceId: string) => void,
): TemplateResult => html`<form @submit=${(event: SubmitEvent) => transfer(takeField(event))}>
  <label>
    ${t.transferTo}
    ${
      practices.length === 0
        ? html`<input type="text" name="field" maxlength="128" required autocomplete="off" spellcheck="false" />`
        : html`<select name="field">
            ${practices.map(({ id, name }) => html`<option value=${id}>${name}</option>`)}
          </select>`
    }
  </label>
  <button class="button main">${t.transfer}</button>
</form>`;
