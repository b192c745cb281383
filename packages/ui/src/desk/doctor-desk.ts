import {
  type Desk,
  type DeskState,
  MediaProblem,
  openDesk,
  openMedia,
  type SignalingError,
  type TokenSource,
} from '@telemedicine-signaling/client';
import { html, nothing, type TemplateResult } from 'lit';
import { Stethoscope, TriangleAlert } from 'lucide';
import { Component } from '../component.ts';
import { banner, bannerStyles } from '../parts/banner.ts';
import { button, buttonStyles } from '../parts/button.ts';
import { icon } from '../parts/icon.ts';
import { Ring } from '../parts/ring.ts';
import { TitleMark } from '../parts/title.ts';
import { deskTexts } from '../texts/desk.ts';
import './consultation.ts';
import { deskStyles } from './doctor-desk.styles.ts';
import {
  keepPreferences,
  type Preference,
  type Preferences,
  readPreferences,
} from './preferences.ts';
import type { Practice } from './transfer-form.ts';
import './waiting-list.ts';

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
    practices: { type: Array },
    _phase: { state: true },
    _state: { state: true },
    _said: { state: true },
    _preferences: { state: true },
  };
  static override styles = [...Component.styles, buttonStyles, bannerStyles, deskStyles];

  /** Origin of the signaling server; by default the page's own. */
  declare server: string | undefined;
  declare namespace: string;
  /** Shown to the patient. */
  declare name: string;
  declare token: TokenSource | undefined;
  /** Is waited for before the desk opens: where a page makes its practice itself. */
  declare prepare: (() => Promise<void>) | undefined;
  /** Where patients may be sent on to, as an attribute in JSON: `[{"id": "dr-b", "name": "Dr. B"}]`. */
  declare practices: readonly Practice[];
  declare _phase: Phase;
  declare _state: DeskState | undefined;
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
    this.practices = [];
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
    const desk = this.#desk;
    const isOpen = this._phase === 'open' && state !== undefined && desk !== undefined;
    return html`<div lang=${this.language} dir=${this.direction}>
      ${isOpen ? this.#open(state, desk) : this.#welcome()}
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

  #open(state: DeskState, desk: Desk): TemplateResult {
    const isBusy = state.current !== null;
    return html`<div
      class="desk ${isBusy ? 'busy' : ''}"
      @said=${({ detail }: CustomEvent<string>) => {
        this._said = detail;
      }}
    >
      ${
        isBusy
          ? html`<desk-consultation
              lang=${this.language}
              .desk=${desk}
              .state=${state}
              .preferences=${this._preferences}
              .practices=${this.practices}
            ></desk-consultation>`
          : nothing
      }
      <desk-waiting-list
        lang=${this.language}
        .desk=${desk}
        .state=${state}
        .preferences=${this._preferences}
        .practices=${this.practices}
        .said=${this._said}
        @prefer=${({ detail }: CustomEvent<Preference>) => this.#prefer(detail.key, detail.on)}
      ></desk-waiting-list>
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

  #stopMedia(): void {
    for (const track of this.#media?.getTracks() ?? []) track.stop();
    this.#media = null;
  }

  readonly #key = (event: KeyboardEvent): void => {
    const isOurs = event.altKey && !event.ctrlKey && !event.metaKey && event.code === 'KeyN';
    if (!isOurs || this._phase !== 'open' || this._state?.current !== null) return;
    event.preventDefault();
    this.renderRoot.querySelector('desk-waiting-list')?.callNext();
  };
}

customElements.define('doctor-desk', DoctorDesk);

declare global {
  interface HTMLElementTagNameMap {
    'doctor-desk': DoctorDesk;
  }
}
