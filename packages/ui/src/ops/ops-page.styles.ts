import { css } from 'lit';

export const opsStyles = css`
  .page {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.25rem;
    max-width: 72rem;
    margin-inline: auto;
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
    align-items: center;
    justify-content: space-between;
  }
  .welcome {
    display: grid;
    gap: 1rem;
    max-width: 30rem;
    margin: clamp(1rem, 8vh, 5rem) auto 0;
  }
  form {
    display: grid;
    gap: 0.75rem;
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr));
    gap: 0.75rem;
  }
  figure {
    margin: 0;
    padding: 0.875rem 1rem;
    border: 1px solid var(--_line);
    border-radius: 0.75rem;
    background: var(--_surface);
  }
  figcaption {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 0.5rem;
  }
  figcaption strong {
    font-size: 1.5rem;
    font-variant-numeric: tabular-nums;
  }
  svg {
    display: block;
    width: 100%;
    height: 3rem;
  }
  rect {
    fill: var(--_accent);
  }
  figure p {
    font-size: 0.8125rem;
  }
  .table {
    position: relative;
    overflow-x: auto;
    border: 1px solid var(--_line);
    border-radius: 0.75rem;
    background: var(--_surface);
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }
  th,
  td {
    padding: 0.5rem 0.875rem;
    border-bottom: 1px solid var(--_line);
    text-align: end;
    white-space: nowrap;
  }
  th:first-child,
  td:first-child {
    text-align: start;
  }
  tbody:last-child tr:last-child td,
  tfoot tr > * {
    border-bottom: 0;
  }
  .trouble {
    color: var(--_wrong);
    font-weight: 600;
  }
  .question {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: center;
  }
`;
