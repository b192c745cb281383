import { css } from 'lit';

/** What is written or chosen in. */
export const fieldStyles = css`
  select,
  input[type='text'] {
    width: 100%;
    min-height: 2.75rem;
    margin-top: 0.25rem;
    padding: 0.375rem 0.75rem;
    border: 1px solid var(--_field);
    border-radius: 0.5rem;
    background: var(--_ground);
    color: inherit;
    font: inherit;
  }
`;
