import { css } from 'lit';

/** For what rings on the screen: `animation: ring 1.5s ease-out infinite`. */
export const ringing = css`
  @keyframes ring {
    from {
      box-shadow: 0 0 0 0 color-mix(in oklab, var(--_accent), transparent 40%);
    }
    to {
      box-shadow: 0 0 0 1.375rem transparent;
    }
  }
`;
