import { css } from 'lit';

/** The stage is dark by day and by night: eyes and cameras like it so. */
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
    background: #0b1110;
    color: #eef5f2;
    color-scheme: dark;
    --_ground: #111917;
    --_surface: #1d2925;
    --_raised: #24322d;
    --_ink: #eef5f2;
    --_quiet: #b4c6bf;
    --_line: #35463f;
    --_field: #5d7269;
    --_accent: #67d3b7;
    --_on-accent: #06231c;
    --_soft: #24433a;
    --_wrong: #ff9d8f;
    --_on-wrong: #3a0d08;
    --_wrong-soft: #43221d;
    --_alert: #f3c677;
    --_alert-soft: #3d3016;
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
  .popup label {
    display: block;
    font-weight: 600;
  }
  .popup label + label {
    margin-top: 0.75rem;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    margin-top: 0.75rem;
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
  .chat {
    grid-area: chat;
    display: grid;
    grid-template-rows: auto 1fr auto;
    width: min(20rem, 85vw);
    min-height: 0;
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
    .stage {
      grid-auto-flow: row;
      grid-auto-rows: minmax(0, 1fr);
      grid-auto-columns: auto;
    }
    .chat {
      grid-area: stage;
      z-index: 2;
      width: auto;
      border: 0;
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
