import { css, html, type TemplateResult } from 'lit';
import type { IconNode } from 'lucide';
import { icon } from './icon.ts';

/**
 * A line about how things stand, read out when it comes: at the next pause, or at once if it is `wrong`.
 * Needs `bannerStyles`.
 */
export const banner = (parts: {
  tone: 'calm' | 'alert' | 'wrong';
  text: string;
  icon: IconNode;
  /** What can be done about it. */
  action?: TemplateResult | undefined;
}): TemplateResult => html`<div
  class="banner ${parts.tone}"
  role=${parts.tone === 'wrong' ? 'alert' : 'status'}
>${icon(parts.icon)}<p>${parts.text}</p>${parts.action}</div>`;

export const bannerStyles = css`
  .banner {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem 0.75rem;
    padding: 0.75rem 1rem;
    border-radius: 0.625rem;
    background: var(--_soft);
    color: var(--_ink);
  }
  .banner > p {
    flex: 1 1 12rem;
  }
  .banner > .icon {
    color: var(--_accent);
  }
  .banner.alert {
    background: var(--_alert-soft);
  }
  .banner.alert > .icon {
    color: var(--_alert);
  }
  .banner.wrong {
    background: var(--_wrong-soft);
  }
  .banner.wrong > .icon {
    color: var(--_wrong);
  }
`;
