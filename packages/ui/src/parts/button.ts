import { css, html, nothing, type TemplateResult } from 'lit';
import type { IconNode } from 'lucide';
import { icon } from './icon.ts';

export interface ButtonParts {
  /** What it does: its text, or the name of one that shows an icon alone. */
  label: string;
  act: (event: Event) => void;
  icon?: IconNode;
  /** `main`: the one thing to do here. `quiet`: no frame. `danger`: ends something. */
  kind?: 'main' | 'plain' | 'quiet' | 'danger';
  /** Shows the icon alone; the label is its name and its tooltip. */
  bare?: boolean;
  disabled?: boolean;
  /** For a switch: whether it is on. */
  pressed?: boolean;
  /** For one that opens something: whether it is open. */
  expanded?: boolean;
}

/** A button. Only the look differs from HTML's own; needs `buttonStyles`. */
export const button = (parts: ButtonParts): TemplateResult => html`<button
  type="button"
  class="button ${parts.kind ?? 'plain'} ${parts.bare ? 'bare' : ''}"
  ?disabled=${parts.disabled ?? false}
  aria-label=${parts.bare ? parts.label : nothing}
  title=${parts.bare ? parts.label : nothing}
  aria-pressed=${parts.pressed === undefined ? nothing : String(parts.pressed)}
  aria-expanded=${parts.expanded === undefined ? nothing : String(parts.expanded)}
  @click=${parts.act}
>${parts.icon === undefined ? nothing : icon(parts.icon)}${parts.bare ? nothing : html`<span>${parts.label}</span>`}</button>`;

export const buttonStyles = css`
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    min-height: 2.75rem;
    min-width: 2.75rem;
    padding: 0.375rem 1.125rem;
    border: 1px solid var(--_field);
    border-radius: 0.625rem;
    background: var(--_surface);
    color: var(--_ink);
    font: 600 1rem / 1.25 var(--_font);
    text-align: center;
    cursor: pointer;
    transition: background-color 0.12s;
  }
  .button:hover:not(:disabled) {
    background: var(--_soft);
  }
  .button.main {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .button.main:hover:not(:disabled) {
    background: color-mix(in oklab, var(--_accent), var(--_ink) 14%);
  }
  .button.danger {
    border-color: transparent;
    background: var(--_wrong);
    color: var(--_on-wrong);
  }
  .button.danger:hover:not(:disabled) {
    background: color-mix(in oklab, var(--_wrong), var(--_ink) 14%);
  }
  .button.quiet {
    border-color: transparent;
    background: transparent;
  }
  .button.quiet:hover:not(:disabled) {
    background: var(--_soft);
  }
  .button.bare {
    padding: 0.375rem;
  }
  .button:disabled {
    border-color: var(--_line);
    background: var(--_line);
    color: var(--_quiet);
    cursor: default;
  }
  .icon {
    flex: none;
    width: 1.25rem;
    height: 1.25rem;
  }
`;
