import type { TokenSource } from '@telemedicine-signaling/client';
import { css, html, nothing, type TemplateResult } from 'lit';
import { Check, CircleMinus, LoaderCircle, TriangleAlert, X } from 'lucide';
import { Component } from '../component.ts';
import { banner, bannerStyles } from '../parts/banner.ts';
import { button, buttonStyles } from '../parts/button.ts';
import { icon } from '../parts/icon.ts';
import { connectionTestTexts } from '../texts/connection-test.ts';
import { CHECKS, type CheckName, type Result } from './checks.ts';

const SIGNS = { good: Check, bad: X, none: CircleMinus, wait: LoaderCircle };

/** Tells whether a video call will work on this device, and what to do where it will not. */
export class ConnectionTest extends Component {
  static override properties = {
    ...Component.properties,
    server: { type: String },
    token: { attribute: false },
    _results: { state: true },
    _isRunning: { state: true },
    _copied: { state: true },
  };
  static override styles = [
    ...Component.styles,
    buttonStyles,
    bannerStyles,
    css`
      .test {
        display: grid;
        gap: 1.25rem;
        max-width: 40rem;
        margin-inline: auto;
      }
      ul {
        display: grid;
        gap: 0.5rem;
      }
      li {
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: 0.25rem 0.75rem;
        align-items: center;
        padding: 0.75rem 0;
        border-bottom: 1px solid var(--_line);
      }
      li p {
        grid-column: 2 / -1;
      }
      li > .icon {
        color: var(--_quiet);
      }
      .good > .icon {
        color: var(--_accent);
      }
      .bad > .icon,
      .bad > span {
        color: var(--_wrong);
      }
      .wait > .icon {
        animation: turn 1s linear infinite;
      }
      @keyframes turn {
        to {
          rotate: 1turn;
        }
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0.75rem;
      }
    `,
  ];

  /** Origin of the signaling server; by default the page's own. */
  declare server: string | undefined;
  declare token: TokenSource | undefined;
  declare _results: Partial<Record<CheckName, Result | 'wait'>>;
  declare _isRunning: boolean;
  declare _copied: boolean;

  constructor() {
    super();
    this._results = {};
    this._isRunning = false;
    this._copied = false;
  }

  get #t() {
    return connectionTestTexts[this.language];
  }

  override render(): TemplateResult {
    const t = this.#t;
    const results = Object.entries(this._results) as [CheckName, Result | 'wait'][];
    const isDone = results.length > 0 && !this._isRunning;
    const isBad = results.some(([, result]) => result === 'bad');
    return html`<section class="card test" lang=${this.language} dir=${this.direction}>
      <div>
        <h1>${t.title}</h1>
        <p class="quiet">${t.why}</p>
      </div>
      ${
        isDone
          ? banner({
              tone: isBad ? 'alert' : 'calm',
              text: isBad ? t.someBad : t.allGood,
              icon: isBad ? TriangleAlert : Check,
            })
          : nothing
      }
      ${
        results.length === 0
          ? nothing
          : html`<ul>
              ${results.map(
                ([name, result]) => html`<li class=${result}>
                  ${icon(SIGNS[result])}
                  <strong>${t.checks[name]}</strong>
                  <span>${t.results[result]}</span>
                  ${result === 'bad' ? html`<p class="quiet">${t.remedies[name]}</p>` : nothing}
                </li>`,
              )}
            </ul>`
      }
      <div class="actions">
        ${button({
          label: this._isRunning ? t.running : isDone ? t.again : t.start,
          kind: 'main',
          disabled: this._isRunning,
          act: () => void this.#run(),
        })}
        ${isDone ? button({ label: this._copied ? t.copied : t.copy, act: () => void this.#copy() }) : nothing}
      </div>
    </section>`;
  }

  async #run(): Promise<void> {
    const parts = { server: this.server ?? location.origin, token: this.token };
    const names = Object.keys(CHECKS) as CheckName[];
    this._isRunning = true;
    this._copied = false;
    this._results = Object.fromEntries(names.map((name) => [name, 'wait']));
    // One after the other: two that open devices at once would be in each other's way.
    for (const name of names) {
      const result = await CHECKS[name](parts).catch((): Result => 'bad');
      this._results = { ...this._results, [name]: result };
    }
    this._isRunning = false;
  }

  async #copy(): Promise<void> {
    const lines = Object.entries(this._results).map(([name, result]) => `${name}: ${result}`);
    const about = [`time: ${new Date().toISOString()}`, `browser: ${navigator.userAgent}`];
    await navigator.clipboard.writeText([...about, ...lines].join('\n'));
    this._copied = true;
  }
}

customElements.define('connection-test', ConnectionTest);

declare global {
  interface HTMLElementTagNameMap {
    'connection-test': ConnectionTest;
  }
}
