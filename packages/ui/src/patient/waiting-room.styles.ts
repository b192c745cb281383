import { css } from 'lit';
import { ringing } from '../parts/ringing.ts';

export const waitingRoomStyles = css`
  ${ringing}
  .narrow {
    max-width: 40rem;
    margin-inline: auto;
  }
  .waiting,
  .short {
    display: grid;
    gap: 1.25rem;
  }
  .short {
    justify-items: center;
    text-align: center;
  }
  .large > .icon,
  .short > .icon {
    width: 3rem;
    height: 3rem;
    color: var(--_accent);
  }
  .place {
    display: grid;
    justify-items: center;
    gap: 0.25rem;
    padding: 1.5rem 1rem;
    border-radius: var(--_radius);
    background: var(--_soft);
    text-align: center;
  }
  .place strong {
    font-size: clamp(1.375rem, 1.1rem + 1.6vw, 1.875rem);
    font-weight: 650;
    letter-spacing: -0.012em;
  }
  .messages {
    display: grid;
    gap: 0.5rem;
  }
  .messages li {
    padding: 0.75rem 1rem;
    border: 1px solid var(--_line);
    border-radius: 0.75rem;
  }
  .messages time {
    color: var(--_quiet);
    font-size: 0.875rem;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
  }
  .calling > .icon {
    padding: 0.75rem;
    width: 4.5rem;
    height: 4.5rem;
    border-radius: 50%;
    background: var(--_soft);
    animation: ring 1.4s ease-out infinite;
  }
  call-view {
    height: min(calc(100dvh - 2rem), 54rem);
  }
`;
