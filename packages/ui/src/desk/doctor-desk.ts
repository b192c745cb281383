import {
  type Desk,
  type DeskState,
  MediaProblem,
  openDesk,
  openMedia,
  type SignalingError,
  type TokenSource,
  type WaitingPatient,
} from '@telemedicine-signaling/client';
import { html, nothing, type TemplateResult } from 'lit';
import {
  ArrowRightLeft,
  CirclePause,
  Ellipsis,
  PhoneCall,
  Play,
  ServerOff,
  Settings,
  Stethoscope,
  TriangleAlert,
  Undo2,
  Users,
} from 'lucide';
import '../call/call-view.ts';
import { Component } from '../component.ts';
import { avatar, avatarStyles, initialsOf } from '../parts/avatar.ts';
import { banner, bannerStyles } from '../parts/banner.ts';
import { button, buttonStyles } from '../parts/button.ts';
import { fieldStyles } from '../parts/field.ts';
import { icon } from '../parts/icon.ts';
import { Ring } from '../parts/ring.ts';
import { TitleMark } from '../parts/title.ts';
import { deskTexts } from '../texts/desk.ts';
import { deskStyles } from './doctor-desk.styles.ts';
import { marksOf } from './marks.ts';
import { keepPreferences, type Preferences, readPreferences } from './preferences.ts';

type Phase = 'closed' | 'opening' | 'camera-trouble' | 'media-trouble' | 'cannot-open' | 'open';

/**
 * A doctor's desk: who waits, one click to the next, and the call. Fires `desk` when it is open, with the
 * SDK's `Desk` as its `detail`. `Alt+N` calls the next patient.
 */
export class DoctorDesk extends Component {
  static override properties = {
    ...Component.properties,
    server: { type: String },
    namespace: { type: String },
    name: { type: String },
    token: { attribute: false },
    prepare: { attribute: false },
    _phase: { state: true },
    _state: { state: true },
    _opened: { state: true },
    _dialog: { state: true },
    _said: { state: true },
    _preferences: { state: true },
  };
  static override styles = [
    ...Component.styles,
    buttonStyles,
    fieldStyles,
    bannerStyles,
    avatarStyles,
    deskStyles,
  ];

  /** Origin of the signaling server; by default the page's own. */
  declare server: string | undefined;
  declare namespace: string;
  /** Shown to the patient. */
  declare name: string;
  declare token: TokenSource | undefined;
  /** Is waited for before the desk opens: where a page makes its practice itself. */
  declare prepare: (() => Promise<void>) | undefined;
  declare _phase: Phase;
  declare _state: DeskState | undefined;
  /** The patient whose details are open. */
  declare _opened: string | undefined;
  declare _dialog: 'settings' | 'message' | 'decline' | 'transfer' | 'message-one' | undefined;
  declare _said: string;
  declare _preferences: Preferences;

  readonly #ring = new Ring();
  readonly #title = new TitleMark();
  #desk: Desk | undefined;
  #media: MediaStream | null = null;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.namespace = '';
    this.name = '';
    this._phase = 'closed';
    this._said = '';
    this._preferences = readPreferences();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.requestUpdate(), 15_000);
    document.addEventListener('keydown', this.#key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    document.removeEventListener('keydown', this.#key);
    this.#title.clear();
    this.#ring.close();
    this.#desk?.close();
    this.#desk = undefined;
    this.#stopMedia();
    this._phase = 'closed';
  }

  get #t() {
    return deskTexts[this.language];
  }

  override render(): TemplateResult {
    const state = this._state;
    return html`<div lang=${this.language} dir=${this.direction}>
      ${this._phase === 'open' && state !== undefined ? this.#open(state) : this.#welcome()}
    </div>`;
  }

  #welcome(): TemplateResult {
    const t = this.#t;
    const wrong = (text: string) => banner({ tone: 'wrong', text, icon: TriangleAlert });
    const again = button({ label: t.tryAgain, kind: 'main', act: () => void this.#start('both') });
    const start = button({
      label: this._phase === 'opening' ? t.opening : t.open,
      kind: 'main',
      icon: Stethoscope,
      disabled: this._phase === 'opening',
      act: () => void this.#start('both'),
    });
    const choices: Record<Exclude<Phase, 'open'>, TemplateResult> = {
      closed: start,
      opening: start,
      'camera-trouble': html`${wrong(t.cameraTrouble)}
        ${button({ label: t.soundOnly, kind: 'main', act: () => void this.#start('sound') })}`,
      'media-trouble': html`${wrong(t.mediaTrouble)} ${again}
        ${button({ label: t.withoutMedia, act: () => void this.#start('none') })}`,
      'cannot-open': html`${wrong(`${t.cannotOpen} ${this._said}`)} ${again}`,
    };
    return html`<section class="welcome card">
      ${icon(Stethoscope)}
      <h1>${t.desk}</h1>
      <p class="quiet">${t.openWhy}</p>
      ${choices[this._phase as Exclude<Phase, 'open'>]}
    </section>`;
  }

  #open(state: DeskState): TemplateResult {
    const isBusy = state.current !== null;
    return html`<div class="desk ${isBusy ? 'busy' : ''}">
      ${isBusy ? this.#consultation(state) : nothing} ${this.#list(state)}
    </div>`;
  }

  #consultation({ current, connection }: DeskState): TemplateResult | typeof nothing {
    const t = this.#t;
    if (current === null) return nothing;
    const name = this.#nameOf(current.patient);
    if (current.phase === 'calling') {
      return html`<section class="card calling" aria-label=${t.calling(name)}>
        ${avatar(initialsOf(fullName(current.patient)))}
        <h2 role="status">${t.calling(name)}</h2>
        ${button({ label: t.stopCalling, act: () => this.#do((desk) => desk.cancel()) })}
      </section>`;
    }
    return html`<section class="call" aria-label=${t.with(name)}>
      <div class="heading">
        <h2>${t.with(name)}</h2>
        <div>
          ${button({ label: t.hold, icon: CirclePause, act: () => this.#do((desk) => desk.hold()) })}
          ${button({ label: t.giveBack, icon: Undo2, act: () => this.#do((desk) => desk.returnToQueue()) })}
          ${button({
            label: t.transfer,
            icon: ArrowRightLeft,
            expanded: this._dialog === 'transfer' && this._opened === current.roomId,
            act: () => this.#openFor(current.roomId, 'transfer'),
          })}
        </div>
      </div>
      ${this._opened === current.roomId && this._dialog === 'transfer' ? this.#transfer(current.roomId) : nothing}
      <call-view
        lang=${this.language}
        .call=${this.#desk?.call ?? null}
        .connection=${connection}
        ?discreet=${!this._preferences.names}
        @leave=${() => this.#do((desk) => desk.end())}
      ></call-view>
    </section>`;
  }

  #list(state: DeskState): TemplateResult {
    const t = this.#t;
    const { waiting } = state;
    const canCall = waiting.some(
      (one) => one.state === 'waiting' && one.connected && one.ready?.microphone !== false,
    );
    return html`<section class="list" aria-label=${t.waitingRoom}>
      <div class="heading">
        <div>
          <h1>${t.waitingRoom}</h1>
        </div>
        <div>
          ${
            waiting.length > 1
              ? button({
                  label: t.messageAll,
                  kind: 'quiet',
                  expanded: this._dialog === 'message',
                  act: () => this.#dialog('message'),
                })
              : nothing
          }
          ${button({
            label: t.settings,
            icon: Settings,
            kind: 'quiet',
            bare: true,
            expanded: this._dialog === 'settings',
            act: () => this.#dialog('settings'),
          })}
        </div>
      </div>
      ${this.#banners(state)} ${this._dialog === 'settings' ? this.#settings() : nothing}
      ${this._dialog === 'message' ? this.#messageForm(undefined) : nothing}
      <div class="visually-hidden" role="status">${t.waiting(this.say, waiting.length)}</div>
      ${
        waiting.length === 0
          ? html`<div class="empty">
              ${icon(Users)}
              <h2>${t.nobody}</h2>
              <p class="quiet">${this._preferences.sound ? t.nobodyMore : t.nobodySilent}</p>
            </div>`
          : html`<button
                type="button"
                class="button main next"
                aria-keyshortcuts="Alt+N"
                ?disabled=${!canCall}
                @click=${() => this.#do((desk) => desk.callNext())}
              >
                ${icon(PhoneCall)}<span>${t.callNext}</span>
              </button>
              <p class="quiet">${t.waiting(this.say, waiting.length)}</p>
              <ol class="patients">
                ${waiting.map((one) => this.#patient(one))}
              </ol>`
      }
      ${state.onHold.length === 0 ? nothing : this.#resting(state)}
    </section>`;
  }

  #banners({ connection, outcome, current }: DeskState): TemplateResult {
    const t = this.#t;
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
    const said =
      outcome === undefined || current !== null
        ? ''
        : `${(t.outcome as Record<string, string>)[outcome.reason] ?? t.outcome.other} ${
            outcome.seconds === undefined ? '' : t.lasted(this.say, outcome.seconds)
          }`;
    return html`
      ${text === '' ? nothing : banner({ tone: isOver ? 'wrong' : 'alert', text, icon: ServerOff })}
      ${this._said === '' ? nothing : banner({ tone: 'alert', text: this._said, icon: TriangleAlert })}
      ${said === '' ? nothing : banner({ tone: 'calm', text: said, icon: Stethoscope })}
    `;
  }

  #patient(one: WaitingPatient): TemplateResult {
    const t = this.#t;
    const name = this.#nameOf(one);
    const isOpen = this._opened === one.roomId;
    return html`<li class="patient ${one.urgent ? 'urgent' : ''}">
      ${avatar(initialsOf(fullName(one)))}
      <div class="who">
        <h2 class="name">${name}</h2>
        <p class="quiet">${t.since(this.say, minutesSince(one.waitingSince))}</p>
        <div class="marks">
          ${marksOf(one, t, this.say).map(
            (mark) => html`<span class="mark ${mark.tone}">${icon(mark.icon)}${mark.text}</span>`,
          )}
        </div>
      </div>
      <div class="acts">
        <button
          type="button"
          class="button"
          aria-label=${t.callOf(name)}
          ?disabled=${!one.connected || one.state === 'knocking'}
          @click=${() => this.#do((desk) => desk.admit(one.roomId))}
        >
          ${icon(PhoneCall)}<span>${t.call}</span>
        </button>
        ${button({
          label: t.more(name),
          icon: Ellipsis,
          bare: true,
          kind: 'quiet',
          expanded: isOpen,
          act: () => {
            this._opened = isOpen ? undefined : one.roomId;
            this._dialog = undefined;
          },
        })}
      </div>
      ${isOpen ? this.#details(one) : nothing}
    </li>`;
  }

  #details({ roomId, urgent }: WaitingPatient): TemplateResult {
    const t = this.#t;
    const opener = (label: string, dialog: 'message-one' | 'transfer' | 'decline') =>
      button({
        label,
        expanded: this._dialog === dialog,
        act: () => this.#dialog(dialog),
      });
    return html`<div class="details">
      ${button({
        label: urgent ? t.unsetUrgent : t.setUrgent,
        act: () => this.#do((desk) => desk.setPriority(roomId, !urgent)),
      })}
      ${opener(t.message, 'message-one')} ${opener(t.transfer, 'transfer')}
      ${opener(t.decline, 'decline')}
      ${this._dialog === 'message-one' ? this.#messageForm(roomId) : nothing}
      ${this._dialog === 'transfer' ? this.#transfer(roomId) : nothing}
      ${
        this._dialog === 'decline'
          ? html`<div class="banner wrong" role="alertdialog" aria-label=${t.declineQuestion}>
              <p>${t.declineQuestion}</p>
              ${button({
                label: t.declineYes,
                kind: 'danger',
                act: () => this.#do((desk) => desk.decline(roomId)),
              })}
              ${button({ label: t.no, act: () => this.#dialog('decline') })}
            </div>`
          : nothing
      }
    </div>`;
  }

  #messageForm(roomId: string | undefined): TemplateResult {
    const t = this.#t;
    return html`<form
      @submit=${(event: SubmitEvent) => {
        const text = fieldOf(event).trim();
        if (text !== '') this.#do((desk) => desk.message(text, roomId), t.sent);
      }}
    >
      <label>
        ${t.messageLabel}
        <input type="text" name="field" maxlength="500" required autocomplete="off" />
      </label>
      <button class="button main">${t.send}</button>
    </form>`;
  }

  #transfer(roomId: string): TemplateResult {
    const t = this.#t;
    return html`<form
      @submit=${(event: SubmitEvent) => {
        const to = fieldOf(event).trim();
        this.#do((desk) => desk.transfer(roomId, to));
      }}
    >
      <label>
        ${t.transferTo}
        <input type="text" name="field" maxlength="128" required autocomplete="off" spellcheck="false" />
      </label>
      <button class="button main">${t.transfer}</button>
    </form>`;
  }

  #resting({ onHold }: DeskState): TemplateResult {
    const t = this.#t;
    return html`<h2>${t.onHold}</h2>
      <ul class="patients">
        ${onHold.map(
          ({ roomId, patient, since }) => html`<li class="patient">
            ${avatar(initialsOf(fullName(patient)))}
            <div class="who">
              <h3 class="name">${this.#nameOf(patient)}</h3>
              <p class="quiet">${t.restsSince(this.say, minutesSince(since))}</p>
            </div>
            <div class="acts">
              ${button({ label: t.takeUp, icon: Play, act: () => this.#do((desk) => desk.takeUp(roomId)) })}
            </div>
          </li>`,
        )}
      </ul>`;
  }

  #settings(): TemplateResult {
    const t = this.#t;
    const choice = (key: keyof Preferences, label: string) => html`<label>
      <input
        type="checkbox"
        .checked=${this._preferences[key]}
        @change=${(event: Event) => this.#prefer(key, (event.target as HTMLInputElement).checked)}
      />
      ${label}
    </label>`;
    return html`<div class="settings" role="group" aria-label=${t.settings}>
      ${choice('sound', t.sound)} ${choice('notify', t.notify)} ${choice('badge', t.badge)}
      ${choice('names', t.names)}
    </div>`;
  }

  #prefer(key: keyof Preferences, on: boolean): void {
    this._preferences = { ...this._preferences, [key]: on };
    keepPreferences(this._preferences);
    if (key === 'notify' && on && 'Notification' in window) {
      void Notification.requestPermission().then((answer) => {
        if (answer !== 'granted') this.#prefer('notify', false);
      });
    }
    this.#markTitle();
  }

  /** In the gesture that begins the day's work: only then may a page make a sound. */
  async #start(wanted: 'both' | 'sound' | 'none'): Promise<void> {
    this.#ring.unlock();
    this._phase = 'opening';
    this._said = '';
    try {
      if (wanted !== 'none')
        this.#media ??= await openMedia({ audio: true, video: wanted === 'both' });
      await this.prepare?.();
      await this.#connect();
    } catch (error) {
      if (error instanceof MediaProblem) {
        this._phase = wanted === 'both' ? await this.#whatWorks() : 'media-trouble';
      } else {
        this._said = (error as SignalingError).message;
        this._phase = 'cannot-open';
      }
    }
  }

  /** Whether it is the camera alone that fails. */
  async #whatWorks(): Promise<Phase> {
    try {
      this.#media = await openMedia({ audio: true });
      return 'camera-trouble';
    } catch {
      return 'media-trouble';
    }
  }

  async #connect(): Promise<void> {
    const desk = await openDesk({
      server: this.server,
      namespaceId: this.namespace,
      token: this.token,
      media: this.#media,
      metadata: this.name === '' ? {} : { name: this.name },
    });
    this.#desk = desk;
    this._state = desk.state;
    desk.on('change', (state) => {
      this._state = state;
      this.#markTitle();
    });
    desk.on('arrival', () => this.#announce());
    this.#markTitle();
    this._phase = 'open';
    this.dispatchEvent(new CustomEvent('desk', { detail: desk }));
  }

  #announce(): void {
    if (this._preferences.sound) this.#ring.play('arrival');
    const mayNotify = 'Notification' in window && Notification.permission === 'granted';
    if (this._preferences.notify && mayNotify && document.visibilityState === 'hidden') {
      new Notification(this.#t.waitingRoom, { body: this.#t.arrived, tag: 'arrival' });
    }
  }

  #markTitle(): void {
    const count = this._state?.waiting.length ?? 0;
    this.#title.show(this._preferences.badge && count > 0 ? `(${this.say.number(count)})` : '');
  }

  #do(act: (desk: Desk) => Promise<void>, done = ''): void {
    const t = this.#t;
    if (this.#desk === undefined) return;
    this._said = '';
    act(this.#desk).then(
      () => {
        this._dialog = undefined;
        this._said = done;
      },
      (error: SignalingError) => {
        const known: Partial<Record<string, string>> = {
          'room-not-found': t.nobodyToCall,
          'already-claimed': t.taken,
        };
        this._said = known[error.code] ?? t.failed;
      },
    );
  }

  #dialog(which: NonNullable<typeof this._dialog>): void {
    this._dialog = this._dialog === which ? undefined : which;
  }

  #openFor(roomId: string, dialog: 'transfer'): void {
    const isOpen = this._opened === roomId && this._dialog === dialog;
    this._opened = isOpen ? undefined : roomId;
    this._dialog = isOpen ? undefined : dialog;
  }

  #nameOf(patient: WaitingPatient): string {
    const name = fullName(patient);
    return this._preferences.names ? name : initialsOf(name) || '?';
  }

  #stopMedia(): void {
    for (const track of this.#media?.getTracks() ?? []) track.stop();
    this.#media = null;
  }

  readonly #key = (event: KeyboardEvent): void => {
    const isOurs = event.altKey && !event.ctrlKey && !event.metaKey && event.code === 'KeyN';
    if (!isOurs || this._phase !== 'open' || this._state?.current !== null) return;
    event.preventDefault();
    this.#do((desk) => desk.callNext());
  };
}

const minutesSince = (since: Date): number =>
  Math.max(0, Math.floor((Date.now() - since.getTime()) / 60_000));

function fullName({ metadata }: WaitingPatient): string {
  const { name } = metadata;
  return typeof name === 'string' ? name : '';
}

function fieldOf(event: SubmitEvent): string {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  const text = String(new FormData(form).get('field'));
  form.reset();
  return text;
}

customElements.define('doctor-desk', DoctorDesk);

declare global {
  interface HTMLElementTagNameMap {
    'doctor-desk': DoctorDesk;
  }
}
