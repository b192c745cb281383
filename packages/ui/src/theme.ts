import { css } from 'lit';

const dark = css`
  color-scheme: dark;
  --_ground: var(--tm-ground, #0e1513);
  --_surface: var(--tm-surface, #161f1c);
  --_raised: var(--tm-raised, #1d2925);
  --_ink: var(--tm-ink, #e7f0ec);
  --_quiet: var(--tm-quiet, #a3b7af);
  --_line: var(--tm-line, #2a3833);
  --_field: var(--tm-field, #6d837a);
  --_accent: var(--tm-accent, #67d3b7);
  --_on-accent: var(--tm-on-accent, #06231c);
  --_soft: var(--tm-soft, #17302a);
  --_wrong: var(--tm-wrong, #ff9d8f);
  --_on-wrong: var(--tm-on-wrong, #3a0d08);
  --_wrong-soft: var(--tm-wrong-soft, #3a1c18);
  --_alert: var(--tm-alert, #f3c677);
  --_alert-soft: var(--tm-alert-soft, #33270f);
`;

/**
 * What everything looks like. A page that embeds a component changes any of it by setting the custom
 * property of that name on the element, like `doctor-desk { --tm-accent: #7a3cff; }`. Dark or light is
 * the reader's wish, unless the attribute `theme` says `light` or `dark`.
 */
export const theme = css`
  :host {
    display: block;
    color-scheme: light;
    --_ground: var(--tm-ground, #f3f6f4);
    --_surface: var(--tm-surface, #ffffff);
    --_raised: var(--tm-raised, #ffffff);
    --_ink: var(--tm-ink, #15231f);
    --_quiet: var(--tm-quiet, #4f625b);
    --_line: var(--tm-line, #d5e0da);
    --_field: var(--tm-field, #6f847b);
    --_accent: var(--tm-accent, #0b6b59);
    --_on-accent: var(--tm-on-accent, #ffffff);
    --_soft: var(--tm-soft, #e2f0eb);
    --_wrong: var(--tm-wrong, #a3281d);
    --_on-wrong: var(--tm-on-wrong, #ffffff);
    --_wrong-soft: var(--tm-wrong-soft, #fbe9e6);
    --_alert: var(--tm-alert, #7a4b00);
    --_alert-soft: var(--tm-alert-soft, #fcf1dc);
    --_radius: var(--tm-radius, 0.875rem);
    --_shadow: 0 0.0625rem 0.125rem rgb(0 0 0 / 8%), 0 0.5rem 1.5rem rgb(0 0 0 / 6%);
    --_font: var(
      --tm-font,
      system-ui,
      -apple-system,
      'Segoe UI',
      Roboto,
      'Noto Sans',
      'DejaVu Sans',
      sans-serif
    );
    /* Whatever page it stands in: dark text never comes to stand on dark ground. */
    background: var(--_ground);
    color: var(--_ink);
    font: 1rem / 1.5 var(--_font);
    overflow-wrap: break-word;
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([theme='light'])) {
      ${dark}
    }
  }
  :host([theme='dark']) {
    ${dark}
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1,
  h2,
  h3 {
    line-height: 1.2;
    text-wrap: balance;
    letter-spacing: -0.012em;
  }
  h1 {
    font-size: clamp(1.5rem, 1.2rem + 1.6vw, 2.25rem);
    letter-spacing: -0.022em;
    font-weight: 650;
  }
  h2 {
    font-size: 1.25rem;
    font-weight: 650;
  }
  h3 {
    font-size: 1.0625rem;
    font-weight: 600;
  }
  p {
    text-wrap: pretty;
  }
  a {
    color: var(--_accent);
  }
  :focus-visible {
    outline: 0.1875rem solid var(--_accent);
    outline-offset: 0.125rem;
  }
  .quiet {
    color: var(--_quiet);
  }
  .card {
    padding: clamp(1rem, 0.5rem + 2.5vw, 1.75rem);
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
    background: var(--_surface);
    box-shadow: var(--_shadow);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      transition-duration: 0.01ms !important;
    }
  }
`;
