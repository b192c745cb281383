import { css } from 'lit';

export const tileStyles = css`
  .tile {
    position: relative;
    display: grid;
    place-items: center;
    min-width: 0;
    min-height: 0;
    overflow: hidden;
    background: #111917;
  }
  .tile video {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    object-fit: contain;
  }
  .tile video.dark {
    visibility: hidden;
  }
  .tile .avatar {
    width: 6rem;
    height: 6rem;
    font-size: 2.25rem;
  }
  .label {
    position: absolute;
    inset-block-end: 0.5rem;
    inset-inline-start: 0.5rem;
    display: flex;
    align-items: center;
    gap: 0.375rem;
    max-width: calc(100% - 1rem);
    padding: 0.125rem 0.625rem;
    border-radius: 1rem;
    background: rgb(0 0 0 / 65%);
    font-size: 0.9375rem;
  }
  .label .icon {
    width: 1rem;
    height: 1rem;
  }
  .own {
    position: absolute;
    inset-block-end: 0.75rem;
    inset-inline-end: 0.75rem;
    width: clamp(6rem, 22%, 13rem);
    aspect-ratio: 4 / 3;
    border: 0.125rem solid rgb(255 255 255 / 55%);
    border-radius: 0.625rem;
  }
  .own video {
    object-fit: cover;
    transform: scaleX(-1);
  }
  .own .label {
    font-size: 0.8125rem;
  }
  .own .avatar {
    width: 2.75rem;
    height: 2.75rem;
    font-size: 1rem;
  }
`;
