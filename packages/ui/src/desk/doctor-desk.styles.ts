import { css } from 'lit';

export const deskStyles = css`
  .desk {
    display: grid;
    gap: 1.25rem;
    align-items: start;
  }
  .desk:not(.busy) {
    max-width: 56rem;
    margin-inline: auto;
  }
  .desk.busy {
    grid-template-columns: minmax(0, 1fr) minmax(19rem, 24rem);
  }
  .welcome {
    display: grid;
    gap: 1rem;
    justify-items: center;
    max-width: 34rem;
    margin: clamp(1rem, 8vh, 5rem) auto 0;
    text-align: center;
  }
  .welcome > .icon {
    width: 3rem;
    height: 3rem;
    color: var(--_accent);
  }
  @media (max-width: 62rem) {
    .desk.busy {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
