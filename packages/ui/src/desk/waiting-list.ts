import type { DeskState } from '@telemedicine-signaling/client';
import { html, nothing, type TemplateResult } from 'lit';
import { PhoneCall, Play, ServerOff, Settings, Stethoscope, TriangleAlert, Users } from 'lucide';
import { avatar, initialsOf } from '../parts/avatar.ts';
import { banner } from '../parts/banner.ts';
import { button } from '../parts/button.ts';
import { icon } from '../parts/icon.ts';
import { DeskPart } from './desk-part.ts';
import { messageForm } from './message-form.ts';
import { fullName, minutesSince } from './names.ts';
import { patientStyles } from './patient.styles.ts';
import type { Preference, Preferences } from './preferences.ts';
import { settings } from './settings.ts';
import { listStyles } from './waiting-list.styles.ts';
import './waiting-patient.ts';

/** Who waits and who is on hold, and the way to the next. Fires `prefer` when something is switched. */
export class WaitingList extends DeskPart {
  static override properties = {
    ...DeskPart.properties,
    said: { attribute: false },
    _opened: { state: true },
  };
  static override styles = [...DeskPart.styles, patientStyles, listStyles];

  /** What there is to say of what was done last. */
  declare said: string;
  /** The patient whose details are open. */
  declare _opened: string | undefined;

  override render(): TemplateResult {
    const { t, state } = this;
    const { waiting } = state;
    return html`<section class="list" aria-label=${t.waitingRoom}>
      <div class="heading">
        <h1>${t.waitingRoom}</h1>
        <div>
          ${
            waiting.length > 1
              ? button({
                  label: t.messageAll,
                  kind: 'quiet',
                  expanded: this._dialog === 'message',
                  act: () => this.toggle('message'),
                })
              : nothing
          }
          ${button({
            label: t.settings,
            icon: Settings,
            kind: 'quiet',
            bare: true,
            expanded: this._dialog === 'settings',
            act: () => this.toggle('settings'),
          })}
        </div>
      </div>
      ${this.#banners(state)} ${this.#dialog()}
      <div class="visually-hidden" role="status">${t.waiting(this.say, waiting.length)}</div>
      ${waiting.length === 0 ? this.#nobody() : this.#patients(state)}
      ${state.onHold.length === 0 ? nothing : this.#resting(state)}
    </section>`;
  }

  callNext(): void {
    this.do((desk) => desk.callNext());
  }

  #dialog(): TemplateResult | typeof nothing {
    const { t } = this;
    if (this._dialog === 'settings') {
      return settings(t, this.preferences, (key, on) => this.#prefer(key, on));
    }
    if (this._dialog !== 'message') return nothing;
    return messageForm(t, (text) => this.do((desk) => desk.message(text), t.sent));
  }

  #nobody(): TemplateResult {
    const { t } = this;
    return html`<div class="empty">
      ${icon(Users)}
      <h2>${t.nobody}</h2>
      <p class="quiet">${this.preferences.sound ? t.nobodyMore : t.nobodySilent}</p>
    </div>`;
  }

  #patients({ waiting }: DeskState): TemplateResult {
    const { t } = this;
    const canCall = waiting.some(
      (one) => one.state === 'waiting' && one.connected && one.ready?.microphone !== false,
    );
    return html`<button
        type="button"
        class="button main next"
        aria-keyshortcuts="Alt+N"
        ?disabled=${!canCall}
        @click=${() => this.callNext()}
      >
        ${icon(PhoneCall)}<span>${t.callNext}</span>
      </button>
      <p class="quiet">${t.waiting(this.say, waiting.length)}</p>
      <ol class="patients">
        ${waiting.map(
          (one) => html`<li>
            <desk-waiting-patient
              lang=${this.language}
              .desk=${this.desk}
              .state=${this.state}
              .preferences=${this.preferences}
              .practices=${this.practices}
              .patient=${one}
              ?open=${this._opened === one.roomId}
              @details=${() => {
                this._opened = this._opened === one.roomId ? undefined : one.roomId;
              }}
            ></desk-waiting-patient>
          </li>`,
        )}
      </ol>`;
  }

  #resting({ onHold }: DeskState): TemplateResult {
    const { t } = this;
    return html`<h2>${t.onHold}</h2>
      <ul class="patients">
        ${onHold.map(
          ({ roomId, patient, since }) => html`<li class="patient">
            ${avatar(initialsOf(fullName(patient)))}
            <div class="who">
              <h3 class="name">${this.nameOf(patient)}</h3>
              <p class="quiet">${t.restsSince(this.say, minutesSince(since))}</p>
            </div>
            <div class="acts">
              ${button({ label: t.takeUp, icon: Play, act: () => this.do((desk) => desk.takeUp(roomId)) })}
            </div>
          </li>`,
        )}
      </ul>`;
  }

  #banners({ connection, outcome, current }: DeskState): TemplateResult {
    const { t } = this;
    const lines = {
      offline: t.offline,
      draining: t.draining,
      superseded: t.superseded,
      closed: t.closed,
      connecting: '',
      online: '',
    };
    const text = lines[connection];
    const isOver = connection === 'superseded' || connection === 'closed';
    const ended =
      outcome === undefined || current !== null
        ? ''
        : `${(t.outcome as Record<string, string>)[outcome.reason] ?? t.outcome.other} ${
            outcome.seconds === undefined ? '' : t.lasted(this.say, outcome.seconds)
          }`;
    return html`
      ${text === '' ? nothing : banner({ tone: isOver ? 'wrong' : 'alert', text, icon: ServerOff })}
      ${this.said === '' ? nothing : banner({ tone: 'alert', text: this.said, icon: TriangleAlert })}
      ${ended === '' ? nothing : banner({ tone: 'calm', text: ended, icon: Stethoscope })}
    `;
  }

  #prefer(key: keyof Preferences, on: boolean): void {
    this.dispatchEvent(new CustomEvent<Preference>('prefer', { detail: { key, on } }));
  }
}

customElements.define('desk-waiting-list', WaitingList);

declare global {
  interface HTMLElementTagNameMap {
    'desk-waiting-list': WaitingList;
  }
}
