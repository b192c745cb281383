import { css } from 'lit';

export const patientStyles = css`
  .patient {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr) auto;
    gap: 0.5rem 0.875rem;
    align-items: center;
    padding: 0.75rem;
    border: 1px solid var(--_line);
    border-radius: 0.75rem;
    background: var(--_surface);
  }
  .patient.urgent {
    border-inline-start: 0.25rem solid var(--_wrong);
  }
  .patient > .who {
    min-width: 0;
  }
  .name {
    font-size: 1.0625rem;
    font-weight: 600;
    letter-spacing: normal;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .who p {
    font-size: 0.9375rem;
    font-variant-numeric: tabular-nums;
  }
  .marks {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem;
    margin-top: 0.25rem;
  }
  .mark {
    display: inline-flex;
    align-items: center;
    gap: 0.25rem;
    padding: 0 0.5rem;
    border-radius: 1rem;
    background: var(--_soft);
    font-size: 0.8125rem;
    line-height: 1.5rem;
  }
  .mark .icon {
    width: 0.9375rem;
    height: 0.9375rem;
  }
  .mark.alert {
    background: var(--_alert-soft);
  }
  .mark.wrong {
    background: var(--_wrong-soft);
  }
  .acts {
    display: flex;
    flex-wrap: wrap;
    gap: 0.375rem;
    justify-content: end;
  }
  .details {
    grid-column: 1 / -1;
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    padding-top: 0.625rem;
    border-top: 1px solid var(--_line);
  }
  .details form {
    flex: 1 1 100%;
  }
  @media (max-width: 30rem) {
    .patient {
      grid-template-columns: auto minmax(0, 1fr);
    }
    .acts {
      grid-column: 1 / -1;
    }
    .acts .button:first-child {
      flex: 1;
    }
  }
`;
