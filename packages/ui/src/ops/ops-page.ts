import type { LiveNamespace, LiveNode, LiveState } from '@telemedicine-signaling/protocol';
import { html, nothing, type TemplateResult } from 'lit';
import { Activity, LogOut, Power, ServerOff, TriangleAlert } from 'lucide';
import { Component } from '../component.ts';
import { banner, bannerStyles } from '../parts/banner.ts';
import { button, buttonStyles } from '../parts/button.ts';
import { fieldStyles } from '../parts/field.ts';
import { chart } from './chart.ts';
import { askOps } from './ops-api.ts';
import { opsStyles } from './ops-page.styles.ts';

const EVERY_MS = 3000;
/** Kept in the tab: over a reload, and no longer. */
const KEY = 'telemedicine-signaling operator';

/** What happens on this node, and the two things an operator does about it (SPEC OPS-3). In English. */
export class OpsPage extends Component {
  static override properties = {
    ...Component.properties,
    _state: { state: true },
    _trouble: { state: true },
    _asked: { state: true },
    _said: { state: true },
  };
  static override styles = [
    ...Component.styles,
    buttonStyles,
    fieldStyles,
    bannerStyles,
    opsStyles,
  ];

  declare _state: LiveState | undefined;
  declare _trouble: string;
  /** What waits for a yes: `drain`, or the id of a namespace. */
  declare _asked: { drain: true } | { close: string } | undefined;
  declare _said: string;

  #token = '';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this._trouble = '';
    this._said = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const kept = sessionStorage.getItem(KEY);
    if (kept !== null) void this.#enter(kept);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render(): TemplateResult {
    return html`<div lang="en" dir="ltr">
      ${this._state === undefined ? this.#welcome() : this.#overview(this._state)}
    </div>`;
  }

  #welcome(): TemplateResult {
    return html`<section class="welcome card">
      <h1>Operation</h1>
      <p class="quiet">What happens on this node: practices, waiting rooms, calls. Nobody’s name.</p>
      ${this.#troubleBanner()}
      <form @submit=${(event: SubmitEvent) => this.#submit(event)}>
        <label>
          Operator token (OPERATOR_TOKEN)
          <input type="password" name="token" required autocomplete="current-password" />
        </label>
        <button class="button main">Open</button>
      </form>
    </section>`;
  }

  #overview(state: LiveState): TemplateResult {
    const { readiness, hour } = state;
    const of = (key: 'connections' | 'waiting' | 'calls' | 'drops' | 'relayed') =>
      hour.map((minute) => minute[key]);
    return html`<div class="page">
      <div class="head">
        <div>
          <h1>Operation</h1>
          <p class="quiet">
            Up since ${this.say.time(new Date(state.startedAt))}; as of ${this.say.time(new Date(state.at))}
          </p>
        </div>
        <div class="question">
          ${button({ label: 'Drain this node', icon: Power, act: () => this.#ask({ drain: true }) })}
          ${button({ label: 'Leave', icon: LogOut, kind: 'quiet', act: () => this.#leave() })}
        </div>
      </div>
      ${this.#question()} ${this.#troubleBanner()}
      ${this._said === '' ? nothing : banner({ tone: 'calm', text: this._said, icon: Activity })}
      <div role="status">
        ${
          readiness.ready
            ? nothing
            : banner({
                tone: 'alert',
                text: `Takes no new clients: ${readiness.why}`,
                icon: ServerOff,
              })
        }
      </div>
      <div class="figures">
        ${chart('Connections', of('connections'), 'connections')}
        ${chart('Patients waiting', of('waiting'), 'patients')}
        ${chart('Calls', of('calls'), 'calls')}
        ${chart('Connections that ended, a minute', of('drops'), 'connections')}
        ${chart('Messages relayed, a minute', of('relayed'), 'messages')}
      </div>
      ${state.nodes.length < 2 ? nothing : this.#nodes(state.nodes)}
      <h2>Practices${state.nodes.length < 2 ? '' : ' of this node'}</h2>
      ${state.namespaces.length === 0 ? html`<p class="quiet">Nobody is here.</p>` : this.#table(state)}
    </div>`;
  }

  #nodes(nodes: readonly LiveNode[]): TemplateResult {
    const sum = (key: 'connections' | 'waiting' | 'calls' | 'onHold') =>
      nodes.reduce((total, { figures }) => total + (figures?.[key] ?? 0), 0);
    return html`<h2>Nodes</h2>
      <div class="table" tabindex="0" role="region" aria-label="Nodes">
        <table>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Takes clients</th>
              <th scope="col">Up since</th>
              <th scope="col">Connections</th>
              <th scope="col">Waiting</th>
              <th scope="col">In consultation</th>
              <th scope="col">On hold</th>
            </tr>
          </thead>
          <tbody>
            ${nodes.map((one) => this.#node(one))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Together</th>
              <td></td>
              <td></td>
              <td>${sum('connections')}</td>
              <td>${sum('waiting')}</td>
              <td>${sum('calls')}</td>
              <td>${sum('onHold')}</td>
            </tr>
          </tfoot>
        </table>
      </div>`;
  }

  #node({ id, isThis, figures }: LiveNode): TemplateResult {
    const name = html`<td>${id}${isThis ? ' (this one)' : ''}</td>`;
    if (figures === null) {
      return html`<tr>${name}<td class="trouble" colspan="6">does not answer</td></tr>`;
    }
    const { readiness, startedAt, connections, waiting, calls, onHold } = figures;
    return html`<tr>
      ${name}
      <td class=${readiness.ready ? '' : 'trouble'}>${readiness.ready ? 'yes' : `no: ${readiness.why}`}</td>
      <td>${this.say.time(new Date(startedAt))}</td>
      <td>${connections}</td>
      <td>${waiting}</td>
      <td>${calls}</td>
      <td>${onHold}</td>
    </tr>`;
  }

  #table({ namespaces, namespaceCount }: LiveState): TemplateResult {
    return html`<div class="table" tabindex="0" role="region" aria-label="Practices">
        <table>
          <thead>
            <tr>
              <th scope="col">Namespace</th>
              <th scope="col">Doctors</th>
              <th scope="col">Waiting</th>
              <th scope="col">In consultation</th>
              <th scope="col">On hold</th>
              <th scope="col">Lost for now</th>
              <th scope="col"><span class="visually-hidden">What can be done</span></th>
            </tr>
          </thead>
          <tbody>
            ${namespaces.map((one) => this.#row(one))}
          </tbody>
        </table>
      </div>
      ${
        namespaces.length < namespaceCount
          ? html`<p class="quiet">${namespaces.length} of ${namespaceCount}, the fullest first.</p>`
          : nothing
      }`;
  }

  #row({ id, doctors, waiting, inConsultation, onHold, lost }: LiveNamespace): TemplateResult {
    return html`<tr>
      <td>${id}</td>
      <td>${doctors}</td>
      <td>${waiting}</td>
      <td>${inConsultation}</td>
      <td>${onHold}</td>
      <td>${lost}</td>
      <td>
        <button
          type="button"
          class="button quiet"
          aria-label="Close ${id}"
          @click=${() => this.#ask({ close: id })}
        >Close</button>
      </td>
    </tr>`;
  }

  #question(): TemplateResult | typeof nothing {
    const asked = this._asked;
    if (asked === undefined) return nothing;
    const [text, yes, act] =
      'drain' in asked
        ? ([
            'Send everybody away to come back at another node or after the restart? Nobody loses their place, calls go on.',
            'Yes, drain',
            () => this.#do('/ops/drain', {}),
          ] as const)
        : ([
            `Close ${asked.close}? Its consultations end, and whoever waits is sent away.`,
            'Yes, close',
            () => this.#do('/ops/close-namespace', { namespaceId: asked.close }),
          ] as const);
    return html`<div class="banner wrong" role="alertdialog" aria-label=${text}>
      <p>${text}</p>
      ${button({ label: yes, kind: 'danger', act })}
      ${button({ label: 'No', act: () => this.#ask(undefined) })}
    </div>`;
  }

  #troubleBanner(): TemplateResult | typeof nothing {
    const text = this._trouble;
    return text === '' ? nothing : banner({ tone: 'wrong', text, icon: TriangleAlert });
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    void this.#enter(String(form.get('token')));
  }

  async #enter(token: string): Promise<void> {
    this.#token = token;
    clearInterval(this.#timer);
    await this.#look();
    if (this._state === undefined) return;
    sessionStorage.setItem(KEY, token);
    this.#timer = setInterval(() => void this.#look(), EVERY_MS);
  }

  #leave(): void {
    sessionStorage.removeItem(KEY);
    clearInterval(this.#timer);
    this._state = undefined;
    this._said = '';
    this._trouble = '';
  }

  async #look(): Promise<void> {
    try {
      this._state = await askOps<LiveState>(this.#token, '/ops/state');
      this._trouble = '';
    } catch (error) {
      this._trouble = (error as Error).message;
    }
  }

  #ask(what: typeof this._asked): void {
    this._asked = what;
    this._said = '';
  }

  async #do(path: string, body: object): Promise<void> {
    this._asked = undefined;
    try {
      this._said = (await askOps<{ msg: string }>(this.#token, path, body)).msg;
    } catch (error) {
      this._trouble = (error as Error).message;
    }
  }
}

customElements.define('ops-page', OpsPage);
