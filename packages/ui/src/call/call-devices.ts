import {
  type Call,
  type Device,
  listDevices,
  onDevicesChanged,
} from '@telemedicine-signaling/client';
import { css, html, type TemplateResult } from 'lit';
import { Component } from '../component.ts';
import { fieldStyles } from '../parts/field.ts';
import { callTexts } from '../texts/call.ts';
import { stageColours } from './stage-colours.ts';

/** Microphone and camera to choose from. Fires `failed` when one cannot be used. */
export class CallDevices extends Component {
  static override properties = {
    ...Component.properties,
    call: { attribute: false },
    _devices: { state: true },
  };
  static override styles = [
    ...Component.styles,
    fieldStyles,
    css`
      .devices {
        ${stageColours}
        background: var(--_surface);
      }
      label {
        display: block;
        font-weight: 600;
      }
      label + label {
        margin-top: 0.75rem;
      }
    `,
  ];

  declare call: Call;
  declare _devices: { microphones: Device[]; cameras: Device[] };

  #undo: (() => void) | undefined;

  constructor() {
    super();
    this._devices = { microphones: [], cameras: [] };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#undo = onDevicesChanged(() => void this.#look());
    void this.#look();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#undo?.();
  }

  override render(): TemplateResult {
    const t = callTexts[this.language];
    const { call } = this;
    const { microphone, camera } = call.state;
    const { microphones, cameras } = this._devices;
    return html`<div class="devices">
      ${this.#choice(t.microphone, microphones, microphone.deviceId, (id) => call.useMicrophone(id))}
      ${this.#choice(t.camera, cameras, camera.deviceId, (id) => call.useCamera(id))}
    </div>`;
  }

  #choice(
    label: string,
    devices: readonly Device[],
    chosen: string | undefined,
    use: (deviceId: string) => Promise<void>,
  ): TemplateResult {
    const t = callTexts[this.language];
    const choose = (event: Event) =>
      use((event.target as HTMLSelectElement).value).catch(() => {
        this.dispatchEvent(new Event('failed'));
      });
    return html`<label>
      ${label}
      <select @change=${choose}>
        ${devices.map(
          (device, index) => html`<option
            value=${device.deviceId}
            ?selected=${device.deviceId === chosen}
          >${device.label || t.deviceNumber(this.say, index + 1)}</option>`,
        )}
      </select>
    </label>`;
  }

  async #look(): Promise<void> {
    this._devices = await listDevices();
  }
}

customElements.define('call-devices', CallDevices);
