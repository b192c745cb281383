import type { Call, ConnectionState, Device, Participant } from '@telemedicine-signaling/client';
import { listDevices, onDevicesChanged } from '@telemedicine-signaling/client';
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
import { avatar, avatarStyles, initialsOf } from '../parts/avatar.ts';
import { banner, bannerStyles } from '../parts/banner.ts';
import { button, buttonStyles } from '../parts/button.ts';
import { fieldStyles } from '../parts/field.ts';
import { icon } from '../parts/icon.ts';
import { show } from '../parts/video.ts';
import { callTexts } from '../texts/call.ts';
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
    _devices: { state: true },
    _needsTap: { state: true },
    _copied: { state: true },
    _trouble: { state: true },
  };
  static override styles = [
    ...Component.styles,
    buttonStyles,
    fieldStyles,
    bannerStyles,
    avatarStyles,
    callViewStyles,
  ];

  declare call: Call | null;
  declare connection: ConnectionState;
  /** Whether it asks before it ends: for those who tap by accident. */
  declare asks: boolean;
  /** Shows initials instead of names. */
  declare discreet: boolean;
  declare _open: Open;
  declare _devices: { microphones: Device[]; cameras: Device[] };
  declare _needsTap: boolean;
  declare _copied: boolean;
  declare _trouble: string;

  #heard: Call | null = null;
  #undo: (() => void)[] = [];
  #read = 0;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.call = null;
    this.connection = 'online';
    this.asks = false;
    this.discreet = false;
    this._open = null;
    this._devices = { microphones: [], cameras: [] };
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
    for (const undo of this.#undo.splice(0)) undo();
    this.#heard = null;
  }

  override willUpdate(): void {
    if (this.call === this.#heard) return;
    for (const undo of this.#undo.splice(0)) undo();
    this.#heard = this.call;
    this.#read = 0;
    if (this.call === null) return;
    this.#undo = [
      this.call.on('change', () => this.requestUpdate()),
      onDevicesChanged(() => void this.#lookForDevices()),
    ];
    void this.#lookForDevices();
  }

  get #t() {
    return callTexts[this.language];
  }

  override render(): TemplateResult | typeof nothing {
    const { call } = this;
    if (call === null) return nothing;
    const { participants } = call.state;
    return html`<section class="view" lang=${this.language} dir=${this.direction} aria-label=${this.#t.call}>
      <div class="stage">
        ${participants.map((one) => this.#participant(one))}
        ${this.#top(call)} ${this.#own(call)}
      </div>
      ${this._open === 'chat' ? this.#chat(call) : nothing} ${this.#bar(call)}
    </section>`;
  }

  #participant(one: Participant): TemplateResult {
    const t = this.#t;
    const role = one.role === 'service' ? t.guest : t[one.role];
    const name = (this.discreet ? initialsOf(one.name ?? '') : one.name) || role;
    const isDark = one.screen === null && (one.cameraOff || !hasPicture(one.stream));
    return html`<div class="tile">
      ${isDark ? avatar(initialsOf(one.name ?? name)) : nothing}
      <video
        class=${isDark ? 'dark' : ''}
        autoplay
        playsinline
        aria-label=${one.screen === null ? name : `${t.screenOf}: ${name}`}
        .muted=${one.screen !== null}
        ${show(one.screen ?? one.stream, () => this.#tapNeeded())}
      ></video>
      ${
        one.screen === null
          ? nothing
          : html`<audio autoplay ${show(one.stream, () => this.#tapNeeded())}></audio>`
      }
      <span class="label">
        ${name}
        ${one.muted ? html`${icon(MicOff)}<span class="visually-hidden">${t.theirMicrophoneOff}</span>` : nothing}
        ${one.cameraOff ? html`${icon(VideoOff)}<span class="visually-hidden">${t.theirCameraOff}</span>` : nothing}
      </span>
    </div>`;
  }

  #own(call: Call): TemplateResult {
    const t = this.#t;
    const { microphone, camera } = call.state;
    return html`<div class="tile own">
      ${camera.on ? nothing : avatar('')}
      <video
        class=${camera.on ? '' : 'dark'}
        autoplay
        playsinline
        .muted=${true}
        aria-label=${t.you}
        ${show(call.localStream)}
      ></video>
      <span class="label">${t.you} ${microphone.on ? nothing : icon(MicOff)}</span>
    </div>`;
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
      ${this._open === 'devices' ? this.#deviceMenu(call) : nothing}
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

  #deviceMenu(call: Call): TemplateResult {
    const t = this.#t;
    const choice = (
      label: string,
      devices: readonly Device[],
      chosen: string | undefined,
      use: (deviceId: string) => Promise<void>,
    ) => html`<label>
      ${label}
      <select
        @change=${(event: Event) =>
          this.#try(use((event.target as HTMLSelectElement).value), t.deviceFailed)}
      >
        ${devices.map(
          (device, index) => html`<option
            value=${device.deviceId}
            ?selected=${device.deviceId === chosen}
          >${device.label || t.deviceNumber(this.say, index + 1)}</option>`,
        )}
      </select>
    </label>`;
    const { microphone, camera } = call.state;
    const { microphones, cameras } = this._devices;
    return html`<div class="popup" role="group" aria-label=${t.chooseDevices}>
      ${choice(t.microphone, microphones, microphone.deviceId, (id) => call.useMicrophone(id))}
      ${choice(t.camera, cameras, camera.deviceId, (id) => call.useCamera(id))}
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

  #chat(call: Call): TemplateResult {
    const t = this.#t;
    const { chat, chatOpen } = call.state;
    this.#read = chat.length;
    return html`<aside class="chat" aria-label=${t.chat}>
      <h2>${t.chat}</h2>
      <ol aria-live="polite" tabindex="0">
        ${chat.length === 0 ? html`<p class="quiet">${chatOpen ? t.chatEmpty : t.chatClosed}</p>` : nothing}
        ${chat.map(
          ({ from, text, at }) =>
            html`<li class=${from === 'me' ? 'mine' : ''}><span>${text}</span><time datetime=${at.toISOString()}>${this.say.time(at)}</time></li>`,
        )}
      </ol>
      <form @submit=${(event: SubmitEvent) => this.#write(event, call)}>
        <input type="text" name="text" aria-label=${t.chatWrite} placeholder=${t.chatWrite} autocomplete="off" maxlength="4000" ?disabled=${!chatOpen} />
        <button class="button main" ?disabled=${!chatOpen}>${t.chatSend}</button>
      </form>
    </aside>`;
  }

  #write(event: SubmitEvent, call: Call): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    call.sendChat(String(new FormData(form).get('text')));
    form.reset();
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

  async #lookForDevices(): Promise<void> {
    this._devices = await listDevices();
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

const hasPicture = (stream: MediaStream | null): boolean =>
  (stream?.getVideoTracks() ?? []).some(({ readyState }) => readyState === 'live');

customElements.define('call-view', CallView);

declare global {
  interface HTMLElementTagNameMap {
    'call-view': CallView;
  }
}
