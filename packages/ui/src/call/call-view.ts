import type { Call, ConnectionState } from '@telemedicine-signaling/client';
import { html, nothing, type TemplateResult } from 'lit';
import {
  Activity,
  Maximize,
  MessageSquare,
  Mic,
  MicOff,
  MonitorUp,
  PhoneOff,
  PictureInPicture2,
  ServerOff,
  Settings2,
  TriangleAlert,
  Video,
  VideoOff,
  Volume2,
  WifiOff,
} from 'lucide';
import { Component } from '../component.ts';
import { avatarStyles } from '../parts/avatar.ts';
import { banner, bannerStyles } from '../parts/banner.ts';
import { button, buttonStyles } from '../parts/button.ts';
import { icon } from '../parts/icon.ts';
import { callTexts } from '../texts/call.ts';
import './call-chat.ts';
import './call-devices.ts';
import { tileStyles } from './call-tile.styles.ts';
import { ownTile, tile } from './call-tile.ts';
import { callViewStyles } from './call-view.styles.ts';

type Open = 'devices' | 'chat' | 'quality' | 'leave' | null;

/**
 * A call: who is in it, what one sends, and how well it goes. Fires `leave` when its user wants to end it.
 * `Alt+M` and `Alt+V` turn microphone and camera off and on.
 */
export class CallView extends Component {
  static override properties = {
    ...Component.properties,
    call: { attribute: false },
    connection: { attribute: false },
    asks: { type: Boolean },
    discreet: { type: Boolean },
    _open: { state: true },
    _needsTap: { state: true },
    _copied: { state: true },
    _trouble: { state: true },
  };
  static override styles = [
    ...Component.styles,
    buttonStyles,
    bannerStyles,
    avatarStyles,
    tileStyles,
    callViewStyles,
  ];

  declare call: Call | null;
  declare connection: ConnectionState;
  /** Whether it asks before it ends: for those who tap by accident. */
  declare asks: boolean;
  /** Shows initials instead of names. */
  declare discreet: boolean;
  declare _open: Open;
  declare _needsTap: boolean;
  declare _copied: boolean;
  declare _trouble: string;

  #heard: Call | null = null;
  #undo: (() => void) | undefined;
  #read = 0;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.call = null;
    this.connection = 'online';
    this.asks = false;
    this.discreet = false;
    this._open = null;
    this._needsTap = false;
    this._copied = false;
    this._trouble = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => this.requestUpdate(), 1000);
    document.addEventListener('keydown', this.#key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    document.removeEventListener('keydown', this.#key);
    this.#undo?.();
    this.#heard = null;
  }

  override willUpdate(): void {
    if (this.call === this.#heard) return;
    this.#undo?.();
    this.#heard = this.call;
    this.#read = 0;
    this._open = null;
    if (this.call === null) return;
    this.#undo = this.call.on('change', () => this.requestUpdate());
  }

  get #t() {
    return callTexts[this.language];
  }

  override render(): TemplateResult | typeof nothing {
    const { call } = this;
    if (call === null) return nothing;
    const { participants, chat } = call.state;
    if (this._open === 'chat') this.#read = chat.length;
    const parts = { t: this.#t, discreet: this.discreet, tapNeeded: () => this.#tapNeeded() };
    return html`<section class="view" lang=${this.language} dir=${this.direction} aria-label=${this.#t.call}>
      <div class="stage">
        ${participants.map((one) => tile(one, parts))} ${this.#top(call)}
        ${ownTile(call, this.#t)}
      </div>
      ${
        this._open === 'chat'
          ? html`<call-chat lang=${this.language} .call=${call}></call-chat>`
          : nothing
      }
      ${this.#bar(call)}
    </section>`;
  }

  #top(call: Call): TemplateResult {
    const t = this.#t;
    const { phase, startedAt, quality } = call.state;
    const seconds = startedAt === null ? 0 : (Date.now() - startedAt.getTime()) / 1000;
    return html`<div class="top">
      <div class="facts">
        ${startedAt === null ? nothing : html`<span class="fact" role="timer">${this.say.clock(seconds)}</span>`}
        ${
          quality === null || phase !== 'connected'
            ? nothing
            : html`<button
                type="button"
                class="fact ${quality.level}"
                aria-expanded=${this._open === 'quality'}
                @click=${() => this.#toggle('quality')}
              >
                ${icon(Activity)} ${t.quality[quality.level]}
              </button>`
        }
      </div>
      ${this._open === 'quality' ? this.#quality(call) : nothing}
      <div role="status">
        ${phase === 'connecting' ? banner({ tone: 'calm', text: t.connecting, icon: Activity }) : nothing}
        ${phase === 'reconnecting' ? banner({ tone: 'alert', text: t.reconnecting, icon: WifiOff }) : nothing}
      </div>
      <div role="status">
        ${
          this.connection === 'offline'
            ? banner({ tone: 'alert', text: t.serverLost, icon: ServerOff })
            : this.connection === 'draining'
              ? banner({ tone: 'calm', text: t.draining, icon: ServerOff })
              : nothing
        }
      </div>
      ${this._trouble === '' ? nothing : banner({ tone: 'wrong', text: this._trouble, icon: TriangleAlert })}
      ${
        this._needsTap
          ? button({ label: t.turnOnSound, icon: Volume2, kind: 'main', act: () => this.#tapped() })
          : nothing
      }
    </div>`;
  }

  #quality(call: Call): TemplateResult {
    const t = this.#t;
    const { quality } = call.state;
    return html`<div class="panel">
      <p>${quality?.reason === undefined ? t.quality.good : t.hints[quality.reason]}</p>
      ${quality?.relayed ? html`<p class="quiet">${t.relayed}</p>` : nothing}
      ${button({ label: this._copied ? t.copied : t.copyStatistics, act: () => void this.#copy(call) })}
    </div>`;
  }

  #bar(call: Call): TemplateResult {
    const t = this.#t;
    const { microphone, camera, sharing, chat } = call.state;
    const unread = this._open === 'chat' ? 0 : chat.length - this.#read;
    return html`<div class="bar">
      ${
        this._open === 'devices'
          ? html`<div class="popup" role="group" aria-label=${t.chooseDevices}>
              <call-devices
                lang=${this.language}
                .call=${call}
                @failed=${() => {
                  this._trouble = t.deviceFailed;
                }}
              ></call-devices>
            </div>`
          : nothing
      }
      ${this._open === 'leave' ? this.#leaveQuestion() : nothing}
      ${button({
        label: microphone.on ? t.muteMicrophone : t.unmuteMicrophone,
        icon: microphone.on ? Mic : MicOff,
        bare: true,
        pressed: !microphone.on,
        act: () => call.setMicrophone(!microphone.on),
      })}
      ${button({
        label: camera.on ? t.cameraOffAct : t.cameraOnAct,
        icon: camera.on ? Video : VideoOff,
        bare: true,
        pressed: !camera.on,
        act: () => this.#try(call.setCamera(!camera.on), t.deviceFailed),
      })}
      ${button({
        label: t.chooseDevices,
        icon: Settings2,
        bare: true,
        expanded: this._open === 'devices',
        act: () => this.#toggle('devices'),
      })}
      ${
        'getDisplayMedia' in (navigator.mediaDevices ?? {})
          ? button({
              label: sharing ? t.stopSharing : t.shareScreen,
              icon: MonitorUp,
              bare: true,
              pressed: sharing,
              act: () =>
                sharing ? call.stopSharing() : this.#try(call.shareScreen(), t.shareFailed),
            })
          : nothing
      }
      <span class="chat-button" role="status">
        ${button({
          label: unread > 0 ? t.chatUnread(this.say, unread) : t.chat,
          icon: MessageSquare,
          bare: true,
          expanded: this._open === 'chat',
          act: () => this.#toggle('chat'),
        })}
      ${unread > 0 ? html`<span class="badge" aria-hidden="true">${this.say.number(unread)}</span>` : nothing}
      </span>
      ${
        document.pictureInPictureEnabled
          ? button({
              label: t.pictureInPicture,
              icon: PictureInPicture2,
              bare: true,
              act: () => this.#try(this.#pictureInPicture(), ''),
            })
          : nothing
      }
      ${button({ label: t.fullScreen, icon: Maximize, bare: true, act: () => this.#try(this.#fullScreen(), '') })}
      ${button({
        label: t.endForAll,
        icon: PhoneOff,
        kind: 'danger',
        act: () => (this.asks ? this.#toggle('leave') : this.#leave()),
      })}
    </div>`;
  }

  #leaveQuestion(): TemplateResult {
    const t = this.#t;
    return html`<div class="popup" role="alertdialog" aria-label=${t.leaveQuestion}>
      <p>${t.leaveQuestion}</p>
      <div class="actions">
        ${button({ label: t.leaveYes, kind: 'danger', act: () => this.#leave() })}
        ${button({ label: t.leaveNo, act: () => this.#toggle('leave') })}
      </div>
    </div>`;
  }

  #toggle(what: Exclude<Open, null>): void {
    this._open = this._open === what ? null : what;
    this._copied = false;
    this._trouble = '';
  }

  #leave(): void {
    this._open = null;
    this.dispatchEvent(new Event('leave'));
  }

  #try(doing: Promise<void>, trouble: string): void {
    this._trouble = '';
    doing.catch(() => {
      this._trouble = trouble;
    });
  }

  async #copy(call: Call): Promise<void> {
    const text = JSON.stringify(await call.statistics(), null, 2);
    await navigator.clipboard.writeText(text);
    this._copied = true;
  }

  async #pictureInPicture(): Promise<void> {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this.renderRoot.querySelector('video')?.requestPictureInPicture();
  }

  async #fullScreen(): Promise<void> {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await this.requestFullscreen();
  }

  #tapNeeded(): void {
    this._needsTap = true;
  }

  #tapped(): void {
    this._needsTap = false;
    for (const one of this.renderRoot.querySelectorAll<HTMLMediaElement>('video, audio')) {
      void one.play();
    }
  }

  readonly #key = (event: KeyboardEvent): void => {
    const { call } = this;
    if (!event.altKey || event.ctrlKey || event.metaKey || call === null) return;
    if (event.code === 'KeyM') call.setMicrophone(!call.state.microphone.on);
    else if (event.code === 'KeyV') {
      this.#try(call.setCamera(!call.state.camera.on), this.#t.deviceFailed);
    } else return;
    event.preventDefault();
  };
}

customElements.define('call-view', CallView);

declare global {
  interface HTMLElementTagNameMap {
    'call-view': CallView;
  }
}
