import { css } from 'lit';

export const listStyles = css`
  .list {
    display: grid;
    gap: 1rem;
    min-width: 0;
  }
  .next {
    min-height: 3.5rem;
    font-size: 1.125rem;
  }
  .patients {
    display: grid;
    gap: 0.5rem;
  }
  .empty {
    padding: clamp(1.5rem, 6vw, 3rem) 1rem;
    border: 1px dashed var(--_field);
    border-radius: var(--_radius);
    text-align: center;
  }
  .empty .icon {
    width: 2.25rem;
    height: 2.25rem;
    color: var(--_accent);
  }
  .settings {
    display: grid;
    gap: 0.25rem;
    padding: 1rem;
    border: 1px solid var(--_line);
    border-radius: 0.75rem;
    background: var(--_surface);
  }
  .settings label {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-height: 2.75rem;
  }
  .settings input {
    width: 1.25rem;
    height: 1.25rem;
    accent-color: var(--_accent);
  }
`;
