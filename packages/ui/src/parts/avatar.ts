import { css, html, type TemplateResult } from 'lit';

/** The first letters of the first and the last word of a name: enough for a doctor, too little for a stranger. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words;
  return chosen.map((word) => [...(word ?? '')][0]?.toLocaleUpperCase() ?? '').join('');
}

/** A round sign with initials; decoration beside a text. Needs `avatarStyles`. */
export const avatar = (initials: string): TemplateResult =>
  html`<span class="avatar" aria-hidden="true">${initials === '' ? '?' : initials}</span>`;

export const avatarStyles = css`
  .avatar {
    display: inline-grid;
    place-items: center;
    flex: none;
    width: 2.75rem;
    height: 2.75rem;
    border-radius: 50%;
    background: var(--_soft);
    color: var(--_accent);
    font-weight: 650;
    letter-spacing: 0.02em;
  }
`;
