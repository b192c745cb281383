import { css } from 'lit';
import { stageColours } from './stage-colours.ts';

export const chatStyles = css`
  .chat {
    ${stageColours}
    display: grid;
    grid-template-rows: auto minmax(0, 1fr) auto;
    height: 100%;
    width: min(20rem, 85vw);
    border-inline-start: 1px solid var(--_line);
    background: var(--_surface);
  }
  .chat h2 {
    padding: 0.75rem 1rem;
    font-size: 1rem;
  }
  .chat ol {
    min-height: 0;
    padding: 0 1rem;
    overflow-y: auto;
  }
  .chat li {
    width: fit-content;
    max-width: 90%;
    margin-bottom: 0.5rem;
    padding: 0.375rem 0.75rem;
    border-radius: 0.75rem;
    background: var(--_raised);
    white-space: pre-wrap;
  }
  .chat li.mine {
    margin-inline-start: auto;
    background: var(--_soft);
  }
  .chat time {
    display: block;
    color: var(--_quiet);
    font-size: 0.8125rem;
  }
  .chat form {
    display: flex;
    gap: 0.5rem;
    padding: 0.75rem;
  }
  .chat input {
    margin: 0;
  }
  @media (max-width: 40rem) {
    .chat {
      width: auto;
      border: 0;
    }
  }
`;
