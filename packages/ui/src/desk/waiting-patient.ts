import type { WaitingPatient } from '@telemedicine-signaling/client';
import { html, nothing, type TemplateResult } from 'lit';
import { Ellipsis, PhoneCall } from 'lucide';
import { avatar, initialsOf } from '../parts/avatar.ts';
import { button } from '../parts/button.ts';
import { icon } from '../parts/icon.ts';
import { DeskPart } from './desk-part.ts';
import { marksOf } from './marks.ts';
import { messageForm } from './message-form.ts';
import { fullName, minutesSince } from './names.ts';
import { patientStyles } from './patient.styles.ts';
import { transferForm } from './transfer-form.ts';

/** One who waits, and what can be done for them. Fires `details` when these are to open or close. */
export class WaitingPatientEntry extends DeskPart {
  static override properties = {
    ...DeskPart.properties,
    patient: { attribute: false },
    open: { type: Boolean },
  };
  static override styles = [...DeskPart.styles, patientStyles];

  declare patient: WaitingPatient;
  declare open: boolean;

  override render(): TemplateResult {
    const { t, patient } = this;
    const name = this.nameOf(patient);
    return html`<div class="patient ${patient.urgent ? 'urgent' : ''}">
      ${avatar(initialsOf(fullName(patient)))}
      <div class="who">
        <h2 class="name">${name}</h2>
        <p class="quiet">${t.since(this.say, minutesSince(patient.waitingSince))}</p>
        <div class="marks">
          ${marksOf(patient, t, this.say).map(
            (mark) => html`<span class="mark ${mark.tone}">${icon(mark.icon)}${mark.text}</span>`,
          )}
        </div>
      </div>
      <div class="acts">
        <button
          type="button"
          class="button"
          aria-label=${t.callOf(name)}
          ?disabled=${!patient.connected || patient.state === 'knocking'}
          @click=${() => this.do((desk) => desk.admit(patient.roomId))}
        >
          ${icon(PhoneCall)}<span>${t.call}</span>
        </button>
        ${button({
          label: t.more(name),
          icon: Ellipsis,
          bare: true,
          kind: 'quiet',
          expanded: this.open,
          act: () => {
            this._dialog = undefined;
            this.dispatchEvent(new Event('details'));
          },
        })}
      </div>
      ${this.open ? this.#details(patient) : nothing}
    </div>`;
  }

  #details({ roomId, urgent }: WaitingPatient): TemplateResult {
    const { t } = this;
    const opener = (label: string, dialog: 'message' | 'transfer' | 'decline') =>
      button({ label, expanded: this._dialog === dialog, act: () => this.toggle(dialog) });
    return html`<div class="details">
      ${button({
        label: urgent ? t.unsetUrgent : t.setUrgent,
        act: () => this.do((desk) => desk.setPriority(roomId, !urgent)),
      })}
      ${opener(t.message, 'message')} ${opener(t.transfer, 'transfer')} ${opener(t.decline, 'decline')}
      ${this.#dialog(roomId)}
    </div>`;
  }

  #dialog(roomId: string): TemplateResult | typeof nothing {
    const { t } = this;
    if (this._dialog === 'message')
      return messageForm(t, (text) => this.do((desk) => desk.message(text, roomId), t.sent));
    if (this._dialog === 'transfer')
      return transferForm(t, this.practices, (to) => this.do((desk) => desk.transfer(roomId, to)));
    if (this._dialog !== 'decline') return nothing;
    return html`<div class="banner wrong" role="alertdialog" aria-label=${t.declineQuestion}>
      <p>${t.declineQuestion}</p>
      ${button({ label: t.declineYes, kind: 'danger', act: () => this.do((desk) => desk.decline(roomId)) })}
      ${button({ label: t.no, act: () => this.toggle('decline') })}
    </div>`;
  }
}

customElements.define('desk-waiting-patient', WaitingPatientEntry);
