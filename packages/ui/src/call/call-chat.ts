import type { Call } from '@telemedicine-signaling/client';
import { html, nothing, type TemplateResult } from 'lit';
import { Component } from '../component.ts';
import { buttonStyles } from '../parts/button.ts';
import { fieldStyles } from '../parts/field.ts';
import { callTexts } from '../texts/call.ts';
import { chatStyles } from './call-chat.styles.ts';

/** What is written from browser to browser in a call. */
export class CallChat extends Component {
  static override properties = { ...Component.properties, call: { attribute: false } };
  static override styles = [...Component.styles, buttonStyles, fieldStyles, chatStyles];

  declare call: Call;

  #undo: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#undo = this.call.on('change', () => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#undo?.();
  }

  override render(): TemplateResult {
    const t = callTexts[this.language];
    const { chat, chatOpen } = this.call.state;
    return html`<aside class="chat" aria-label=${t.chat} dir=${this.direction}>
      <h2>${t.chat}</h2>
      <ol aria-live="polite" tabindex="0">
        ${chat.length === 0 ? html`<p class="quiet">${chatOpen ? t.chatEmpty : t.chatClosed}</p>` : nothing}
        ${chat.map(
          ({ from, text, at }) =>
            html`<li class=${from === 'me' ? 'mine' : ''}><span>${text}</span><time datetime=${at.toISOString()}>${this.say.time(at)}</time></li>`,
        )}
      </ol>
      <form @submit=${(event: SubmitEvent) => this.#write(event)}>
        <input type="text" name="text" aria-label=${t.chatWrite} placeholder=${t.chatWrite} autocomplete="off" maxlength="4000" ?disabled=${!chatOpen} />
        <button class="button main" ?disabled=${!chatOpen}>${t.chatSend}</button>
      </form>
    </aside>`;
  }

  #write(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    this.call.sendChat(String(new FormData(form).get('text')));
    form.reset();
  }
}

customElements.define('call-chat', CallChat);
