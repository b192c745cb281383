import { css } from 'lit';

export const deviceCheckStyles = css`
  .check {
    display: grid;
    gap: 1rem;
  }
  .preview {
    position: relative;
    display: grid;
    place-items: center;
    aspect-ratio: 16 / 10;
    max-height: max(11rem, 36vh);
    overflow: hidden;
    border-radius: 0.75rem;
    background: #111917;
    color: #eef5f2;
  }
  .preview video {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    object-fit: cover;
    transform: scaleX(-1);
  }
  .preview .icon {
    width: 2.5rem;
    height: 2.5rem;
  }
  meter {
    appearance: none;
    display: block;
    width: 100%;
    height: 0.75rem;
    overflow: hidden;
    border: 0;
    border-radius: 0.375rem;
    background: var(--_line);
  }
  meter::-webkit-meter-bar {
    height: 0.75rem;
    border: 0;
    border-radius: 0.375rem;
    background: var(--_line);
  }
  meter::-webkit-meter-optimum-value {
    border-radius: 0.375rem;
    background: var(--_accent);
  }
  meter::-moz-meter-bar {
    background: var(--_accent);
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr));
    gap: 1rem;
  }
  label {
    display: block;
    font-weight: 600;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.75rem;
  }
  .actions .main {
    flex: 1 1 14rem;
    min-height: 3.25rem;
    font-size: 1.0625rem;
  }
`;
