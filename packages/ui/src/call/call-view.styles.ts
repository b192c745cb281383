import { css } from 'lit';
import { stageColours } from './stage-colours.ts';

export const callViewStyles = css`
  :host {
    height: 100%;
    min-height: 20rem;
  }
  .view {
    position: relative;
    display: grid;
    grid-template: 'stage chat' 1fr 'bar bar' auto / 1fr auto;
    height: 100%;
    min-height: inherit;
    overflow: hidden;
    border-radius: var(--_radius);
    ${stageColours}
  }
  .stage {
    grid-area: stage;
    position: relative;
    display: grid;
    grid-auto-flow: column;
    grid-auto-columns: minmax(0, 1fr);
    gap: 0.25rem;
    min-width: 0;
    min-height: 0;
  }
  .top {
    position: absolute;
    z-index: 1;
    inset: 0.75rem 0.75rem auto;
    display: grid;
    gap: 0.5rem;
    justify-items: start;
    pointer-events: none;
  }
  .top > * {
    pointer-events: auto;
  }
  .top .banner {
    justify-self: stretch;
  }
  .facts {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }
  .fact {
    display: inline-flex;
    align-items: center;
    gap: 0.375rem;
    min-height: 2rem;
    padding: 0.125rem 0.75rem;
    border: 0;
    border-radius: 1rem;
    background: rgb(0 0 0 / 65%);
    color: inherit;
    font: 0.9375rem / 1.4 var(--_font);
    font-variant-numeric: tabular-nums;
  }
  button.fact {
    cursor: pointer;
  }
  .fact .icon {
    width: 1.125rem;
    height: 1.125rem;
  }
  .good .icon {
    color: #67d3b7;
  }
  .fair .icon {
    color: #f3c677;
  }
  .poor .icon {
    color: #ff9d8f;
  }
  .panel {
    padding: 0.875rem 1rem;
    border-radius: 0.75rem;
    background: var(--_surface);
    max-width: 24rem;
  }
  .panel > * + * {
    margin-top: 0.625rem;
  }
  .bar {
    grid-area: bar;
    position: relative;
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 0.5rem;
    padding: 0.75rem;
    background: #141d1a;
  }
  .bar .button[aria-pressed='true'] {
    background: var(--_wrong-soft);
    color: var(--_wrong);
  }
  .popup {
    position: absolute;
    z-index: 2;
    inset-block-end: calc(100% + 0.25rem);
    inset-inline: 0.75rem;
    margin-inline: auto;
    width: fit-content;
    max-width: min(26rem, 100% - 1.5rem);
    padding: 1rem;
    border: 1px solid var(--_line);
    border-radius: 0.75rem;
    background: var(--_surface);
    box-shadow: 0 0.5rem 2rem rgb(0 0 0 / 50%);
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    margin-top: 0.75rem;
  }
  call-chat {
    grid-area: chat;
    min-height: 0;
  }
  .chat-button {
    position: relative;
  }
  .badge {
    position: absolute;
    inset: -0.375rem -0.375rem auto auto;
    pointer-events: none;
    text-align: center;
    min-width: 1.375rem;
    padding-inline: 0.375rem;
    border-radius: 0.75rem;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 0.875rem;
  }
  @media (max-width: 40rem) {
    .stage {
      grid-auto-flow: row;
      grid-auto-rows: minmax(0, 1fr);
      grid-auto-columns: auto;
    }
    call-chat {
      grid-area: stage;
      z-index: 2;
    }
    .bar {
      gap: 0.375rem;
      padding: 0.625rem 0.375rem;
    }
    .bar .button:not(.bare) {
      padding-inline: 0.75rem;
    }
  }
`;
