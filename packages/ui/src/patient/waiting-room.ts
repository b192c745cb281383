import {
  enterWaitingRoom,
  type SignalingError,
  type TokenSource,
  type Visit,
  type VisitState,
} from '@telemedicine-signaling/client';
import { html, nothing, type TemplateResult } from 'lit';
import {
  Armchair,
  CirclePause,
  ClockFading,
  DoorClosed,
  HeartHandshake,
  MessageSquare,
  PhoneCall,
  ServerOff,
} from 'lucide';
import '../call/call-view.ts';
import { Component } from '../component.ts';
import { banner, bannerStyles } from '../parts/banner.ts';
import { button, buttonStyles } from '../parts/button.ts';
import { icon } from '../parts/icon.ts';
import { Ring } from '../parts/ring.ts';
import { TitleMark } from '../parts/title.ts';
import { callTexts } from '../texts/call.ts';
import { patientTexts } from '../texts/patient.ts';
import './device-check.ts';
import { waitingRoomStyles } from './waiting-room.styles.ts';

type Step = 'check' | 'entering' | 'not-open' | 'full' | 'refused' | 'in';

const RETRY_MS = 5000;

/**
 * A patient's side of a consultation: device check, waiting room, call and outcome. Fires `visit` when the
 * patient waits, with the SDK's `Visit` as its `detail`.
 */
export class WaitingRoom extends Component {
  static override properties = {
    ...Component.properties,
    server: { type: String },
    namespace: { type: String },
    room: { type: String },
    patientId: { attribute: 'patient-id' },
    name: { type: String },
    token: { attribute: false },
    _step: { state: true },
    _state: { state: true },
    _asks: { state: true },
  };
  static override styles = [...Component.styles, buttonStyles, bannerStyles, waitingRoomStyles];

  /** Origin of the signaling server; by default the page's own. */
  declare server: string | undefined;
  declare namespace: string;
  /** The room of the clinic's link; by default a new one. */
  declare room: string | undefined;
  /** The clinic's own name for the patient. */
  declare patientId: string | undefined;
  /** Shown to the doctor. */
  declare name: string;
  declare token: TokenSource | undefined;
  declare _step: Step;
  declare _state: VisitState | undefined;
  declare _asks: boolean;

  readonly #ring = new Ring();
  readonly #title = new TitleMark();
  #visit: Visit | undefined;
  #media: MediaStream | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #ringing: ReturnType<typeof setInterval> | undefined;
  #wakeLock: WakeLockSentinel | undefined;

  constructor() {
    super();
    this.namespace = '';
    this.name = '';
    this._step = 'check';
    this._asks = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#stayAwake);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#stayAwake);
    clearTimeout(this.#retry);
    this.#quiet();
    this.#ring.close();
    this.#visit?.close();
    this.#visit = undefined;
    this.#release();
    this._step = 'check';
  }

  get #t() {
    return patientTexts[this.language];
  }

  override render(): TemplateResult {
    return html`<div lang=${this.language} dir=${this.direction}>${this.#screen()}</div>`;
  }

  #screen(): TemplateResult {
    const t = this.#t;
    const state = this._state;
    if (this._step === 'not-open') return this.#short(ClockFading, t.notOpen, t.notOpenMore);
    if (this._step === 'full') return this.#short(ClockFading, t.full, t.fullMore);
    if (this._step === 'refused') return this.#short(DoorClosed, t.cannotEnter, t.cannotEnterMore);
    if (this._step !== 'in' || state === undefined) {
      return html`<device-check
        class="narrow"
        lang=${this.language}
        .ring=${this.#ring}
        ?busy=${this._step === 'entering'}
        @done=${({ detail }: CustomEvent<MediaStream | null>) => this.#begin(detail)}
      ></device-check>`;
    }
    switch (state.phase) {
      case 'in-call':
        return html`<h1 class="visually-hidden">${callTexts[this.language].call}</h1><call-view
          lang=${this.language}
          .call=${this.#visit?.call ?? null}
          .connection=${state.connection}
          asks
          @leave=${() => this.#leave()}
        ></call-view>`;
      case 'called':
        return html`<div role="alert">${this.#short(PhoneCall, t.called, t.calledMore, 'calling')}</div>`;
      case 'on-hold':
        return html`<div role="status">${this.#short(CirclePause, t.onHold, t.onHoldMore)}</div>`;
      case 'ended':
        return this.#outcome(state);
      default:
        return this.#waiting(state);
    }
  }

  #short(
    sign: Parameters<typeof icon>[0],
    title: string,
    more: string,
    kind = '',
    actions: TemplateResult | typeof nothing = nothing,
  ): TemplateResult {
    return html`<section class="card narrow short ${kind}">
      ${icon(sign)}
      <h1>${title}</h1>
      <p class="quiet">${more}</p>
      ${actions}
    </section>`;
  }

  #waiting(state: VisitState): TemplateResult {
    const t = this.#t;
    const { position, ahead = 0, estimate, doctorOnline, messages, connection } = state;
    const inMinutes = (seconds: number) => Math.max(1, Math.round(seconds / 60));
    return html`<section class="card narrow waiting">
      <h1>${t.waitTitle}</h1>
      ${
        connection === 'offline'
          ? banner({ tone: 'alert', text: t.offline, icon: ServerOff })
          : connection === 'draining'
            ? banner({ tone: 'calm', text: t.draining, icon: ServerOff })
            : nothing
      }
      ${state.wasTransferred ? banner({ tone: 'calm', text: t.transferred, icon: HeartHandshake }) : nothing}
      <div class="place" role="status">
        <strong>${ahead === 0 ? t.next : t.ahead(this.say, ahead)}</strong>
        ${position === undefined || ahead === 0 ? nothing : html`<span>${t.place(this.say, position)}</span>`}
        ${
          estimate === undefined
            ? nothing
            : html`<span>${t.estimate(this.say, inMinutes(estimate.from), inMinutes(estimate.to))}</span>`
        }
      </div>
      <div role="status">
        ${banner({
          tone: 'calm',
          text: doctorOnline ? t.doctorIn : t.doctorOut,
          icon: doctorOnline ? HeartHandshake : Armchair,
        })}
      </div>
      <p class="quiet">${t.stay}</p>
      <div aria-live="polite">
        ${
          messages.length === 0
            ? nothing
            : html`<h2>${t.messages}</h2>
                <ol class="messages">
                  ${messages.map(
                    ({ text, at }) => html`<li>
                      <time datetime=${at.toISOString()}>${this.say.time(at)}</time>
                      <p>${icon(MessageSquare)} ${text}</p>
                    </li>`,
                  )}
                </ol>`
        }
      </div>
      <div class="actions">
        ${
          this._asks
            ? html`<div class="banner wrong" role="alertdialog" aria-label=${t.leaveQuestion}>
                <p>${t.leaveQuestion}</p>
                ${button({ label: t.leaveYes, kind: 'danger', act: () => this.#leave() })}
                ${button({
                  label: t.leaveNo,
                  act: () => {
                    this._asks = false;
                  },
                })}
              </div>`
            : button({
                label: t.leave,
                icon: DoorClosed,
                kind: 'quiet',
                act: () => {
                  this._asks = true;
                },
              })
        }
      </div>
    </section>`;
  }

  #outcome({ outcome }: VisitState): TemplateResult {
    const t = this.#t;
    const reason = outcome?.reason ?? 'other';
    const title = (t.outcome as Record<string, string>)[reason] ?? t.outcome.other;
    const lasted = outcome?.seconds === undefined ? '' : `${t.lasted(this.say, outcome.seconds)} `;
    const mayComeBack = ['patient-left', 'abandoned', 'lost', 'superseded'].includes(reason);
    return html`<div role="status">
      ${this.#short(
        HeartHandshake,
        title,
        lasted + t.closePage,
        '',
        mayComeBack ? button({ label: t.comeBack, act: () => this.#again() }) : nothing,
      )}
    </div>`;
  }

  #begin(media: MediaStream | null): void {
    this.#media = media;
    void this.#enter();
  }

  async #enter(): Promise<void> {
    clearTimeout(this.#retry);
    if (this._step === 'check') this._step = 'entering';
    try {
      const visit = await enterWaitingRoom({
        server: this.server,
        namespaceId: this.namespace,
        roomId: this.room,
        patientId: this.patientId,
        token: this.token,
        media: this.#media,
        metadata: this.name === '' ? {} : { name: this.name },
      });
      this.#take(visit);
    } catch (error) {
      this.#refused(error as SignalingError);
    }
  }

  #take(visit: Visit): void {
    this.#visit = visit;
    this._state = visit.state;
    this._step = 'in';
    visit.on('change', (state) => {
      if (state.phase !== 'called') this.#quiet();
      this._state = state;
    });
    visit.on('called', () => this.#called());
    visit.on('ended', () => this.#release());
    // If that fails the doctor sees no mark, and nothing else is lost.
    this.#reportReady(visit).catch(() => {});
    void this.#stayAwake();
    this.dispatchEvent(new CustomEvent('visit', { detail: visit }));
  }

  /** The relay is looked for when the rest is known: that may take a while. */
  async #reportReady(visit: Visit): Promise<void> {
    const has = (kind: string) =>
      this.#media?.getTracks().some((track) => track.kind === kind) ?? false;
    const ready = { camera: has('video'), microphone: has('audio') };
    await visit.reportReady(ready);
    const relay = await visit.reachesRelay();
    if (relay !== undefined) await visit.reportReady({ ...ready, relay });
  }

  #refused({ code, retry }: SignalingError): void {
    if (code === 'namespace-not-found') this._step = 'not-open';
    else if (retry) this._step = 'full';
    else {
      this._step = 'refused';
      this.#release();
      return;
    }
    this.#retry = setTimeout(() => void this.#enter(), RETRY_MS);
  }

  #called(): void {
    this.#quiet();
    this.#title.show(this.#t.calledMark);
    this.#ring.play('call');
    this.#ringing = setInterval(() => this.#ring.play('call'), 3000);
  }

  #quiet(): void {
    clearInterval(this.#ringing);
    this.#title.clear();
  }

  #leave(): void {
    this._asks = false;
    // If the server never hears of it, the end of the window tells the doctor.
    this.#visit?.leave().catch(() => {});
  }

  #again(): void {
    this._state = undefined;
    this._step = 'check';
  }

  #release(): void {
    for (const track of this.#media?.getTracks() ?? []) track.stop();
    this.#media = null;
    void this.#wakeLock?.release();
    this.#wakeLock = undefined;
  }

  /** The screen stays on while the patient waits, where the browser can do that (Screen Wake Lock API). */
  readonly #stayAwake = async (): Promise<void> => {
    const isHere = this._step === 'in' && this._state?.phase !== 'ended';
    if (!isHere || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    this.#wakeLock = await navigator.wakeLock.request('screen').catch(() => undefined);
  };
}

customElements.define('waiting-room', WaitingRoom);

declare global {
  interface HTMLElementTagNameMap {
    'waiting-room': WaitingRoom;
  }
}
