import {
  type Device,
  listDevices,
  MediaProblem,
  type MediaProblemKind,
  measureLevel,
  openMedia,
} from '@telemedicine-signaling/client';
import { html, nothing, type TemplateResult } from 'lit';
import { DoorOpen, MicOff, TriangleAlert, Video, Volume2 } from 'lucide';
import { Component } from '../component.ts';
import { banner, bannerStyles } from '../parts/banner.ts';
import { button, buttonStyles } from '../parts/button.ts';
import { fieldStyles } from '../parts/field.ts';
import type { Ring } from '../parts/ring.ts';
import { show } from '../parts/video.ts';
import { patientTexts } from '../texts/patient.ts';
import { deviceCheckStyles } from './device-check.styles.ts';

type Step = 'ask' | 'starting' | 'problem' | 'show';

/** Camera, microphone and speaker before the waiting room. Fires `done` with the stream, or null, as `detail`. */
export class DeviceCheck extends Component {
  static override properties = {
    ...Component.properties,
    ring: { attribute: false },
    busy: { type: Boolean },
    _step: { state: true },
    _problem: { state: true },
    _hasCamera: { state: true },
    _devices: { state: true },
    _level: { state: true },
  };
  static override styles = [
    ...Component.styles,
    buttonStyles,
    fieldStyles,
    bannerStyles,
    deviceCheckStyles,
  ];

  /** Unlocked by the first tap here: later it rings when the doctor calls. */
  declare ring: Ring;
  /** While the waiting room is being entered. */
  declare busy: boolean;
  declare _step: Step;
  declare _problem: MediaProblemKind;
  declare _hasCamera: boolean;
  declare _devices: { microphones: Device[]; cameras: Device[] };
  declare _level: number;

  #stream: MediaStream | null = null;
  #meter: { level(): number; stop(): void } | undefined;
  #frame = 0;

  constructor() {
    super();
    this.busy = false;
    this._step = 'ask';
    this._problem = 'other';
    this._hasCamera = true;
    this._devices = { microphones: [], cameras: [] };
    this._level = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopMeter();
  }

  get #t() {
    return patientTexts[this.language];
  }

  override render(): TemplateResult {
    const t = this.#t;
    return html`<section class="check card" lang=${this.language} dir=${this.direction}>
      <div>
        <h1>${t.checkTitle}</h1>
        <p class="quiet">${t.checkWhy}</p>
      </div>
      ${this._step === 'show' ? this.#preview() : this.#begin()}
    </section>`;
  }

  #begin(): TemplateResult {
    const t = this.#t;
    const isProblem = this._step === 'problem';
    return html`
      ${
        isProblem
          ? banner({ tone: 'wrong', text: t.problems[this._problem], icon: TriangleAlert })
          : nothing
      }
      ${this._step === 'starting' ? html`<p role="status">${t.checkStarting}</p>` : nothing}
      <div class="actions">
        ${button({
          label: isProblem ? t.tryAgain : t.checkStart,
          icon: Video,
          kind: 'main',
          disabled: this._step === 'starting',
          act: () => void this.#open(true),
        })}
        ${isProblem ? button({ label: t.soundOnly, act: () => void this.#open(false) }) : nothing}
        ${isProblem ? button({ label: t.withNothing, kind: 'quiet', act: () => this.#done() }) : nothing}
      </div>
    `;
  }

  #preview(): TemplateResult {
    const t = this.#t;
    return html`
      <div class="preview">
        ${
          this._hasCamera
            ? html`<video
                autoplay
                playsinline
                .muted=${true}
                aria-label=${t.preview}
                ${show(this.#stream)}
              ></video>`
            : html`<p>${t.withSoundOnly}</p>`
        }
      </div>
      <div>
        <label for="level">${t.level}</label>
        <meter id="level" min="0" max="1" .value=${this._level}></meter>
        <p class="quiet">${t.levelHint}</p>
      </div>
      <div class="pair">
        ${this._hasCamera ? this.#choice(t.camera, this._devices.cameras, 'video') : nothing}
        ${this.#choice(t.microphone, this._devices.microphones, 'audio')}
      </div>
      <div class="actions">
        ${button({ label: t.speaker, icon: Volume2, act: () => this.ring.play('call') })}
        <p class="quiet">${t.speakerHint}</p>
      </div>
      <div class="actions">
        ${button({
          label: this.busy ? t.entering : t.enter,
          icon: DoorOpen,
          kind: 'main',
          disabled: this.busy,
          act: () => this.#done(),
        })}
        ${
          this._hasCamera
            ? button({
                label: t.soundOnly,
                kind: 'quiet',
                icon: MicOff,
                act: () => void this.#open(false),
              })
            : nothing
        }
      </div>
    `;
  }

  #choice(label: string, devices: readonly Device[], kind: 'audio' | 'video'): TemplateResult {
    const chosen = this.#stream?.getTracks().find((track) => track.kind === kind);
    return html`<label>
      ${label}
      <select @change=${(event: Event) => void this.#change(kind, (event.target as HTMLSelectElement).value)}>
        ${devices.map(
          (device, index) => html`<option
            value=${device.deviceId}
            ?selected=${device.deviceId === chosen?.getSettings().deviceId}
          >${device.label || this.#t.deviceNumber(this.say, index + 1)}</option>`,
        )}
      </select>
    </label>`;
  }

  async #open(video: boolean): Promise<void> {
    this.ring.unlock();
    this._step = 'starting';
    await this.#use(() => openMedia({ audio: true, video }));
  }

  async #change(kind: 'audio' | 'video', deviceId: string): Promise<void> {
    const former = this.#stream;
    const idOf = (of: string) =>
      former
        ?.getTracks()
        .find((track) => track.kind === of)
        ?.getSettings().deviceId;
    const audio = { deviceId: kind === 'audio' ? deviceId : (idOf('audio') ?? '') };
    const video = { deviceId: kind === 'video' ? deviceId : (idOf('video') ?? '') };
    await this.#use(() => openMedia({ audio, video: this._hasCamera && video }));
  }

  async #use(open: () => Promise<MediaStream>): Promise<void> {
    this.#stopMeter();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    try {
      this.#stream = await open();
    } catch (error) {
      this._problem = error instanceof MediaProblem ? error.kind : 'other';
      this._step = 'problem';
      return;
    }
    this._hasCamera = this.#stream.getVideoTracks().length > 0;
    this._devices = await listDevices();
    this._step = 'show';
    this.#meter = measureLevel(this.#stream);
    this.#watchLevel();
  }

  #watchLevel = (): void => {
    this._level = this.#meter?.level() ?? 0;
    this.#frame = requestAnimationFrame(this.#watchLevel);
  };

  #stopMeter(): void {
    cancelAnimationFrame(this.#frame);
    this.#meter?.stop();
    this.#meter = undefined;
  }

  #done(): void {
    this.ring.unlock();
    this.dispatchEvent(new CustomEvent('done', { detail: this.#stream }));
  }
}

customElements.define('device-check', DeviceCheck);

declare global {
  interface HTMLElementTagNameMap {
    'device-check': DeviceCheck;
  }
}
