import { css } from 'lit';

export const deskStyles = css`
  .desk {
    display: grid;
    gap: 1.25rem;
    align-items: start;
  }
  .desk:not(.busy) {
    max-width: 56rem;
    margin-inline: auto;
  }
  .desk.busy {
    grid-template-columns: minmax(0, 1fr) minmax(19rem, 24rem);
  }
  .call {
    display: grid;
    gap: 0.75rem;
  }
  call-view {
    height: min(72vh, 46rem);
  }
  .heading {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0.75rem;
  }
  .heading > div {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
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
  form {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: end;
  }
  form label {
    flex: 1 1 12rem;
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
  .welcome {
    display: grid;
    gap: 1rem;
    justify-items: center;
    max-width: 34rem;
    margin: clamp(1rem, 8vh, 5rem) auto 0;
    text-align: center;
  }
  .welcome > .icon {
    width: 3rem;
    height: 3rem;
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
  .calling {
    display: grid;
    gap: 1rem;
    justify-items: center;
    padding: clamp(2rem, 10vh, 5rem) 1rem;
    text-align: center;
  }
  .calling .avatar {
    width: 6rem;
    height: 6rem;
    font-size: 2rem;
    animation: ring 1.6s ease-out infinite;
  }
  @keyframes ring {
    from {
      box-shadow: 0 0 0 0 color-mix(in oklab, var(--_accent), transparent 40%);
    }
    to {
      box-shadow: 0 0 0 1.5rem transparent;
    }
  }
  @media (max-width: 62rem) {
    .desk.busy {
      grid-template-columns: minmax(0, 1fr);
    }
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
