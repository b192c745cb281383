import { css } from 'lit';

export const deskPartStyles = css`
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
  form {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
    align-items: end;
  }
  form label {
    flex: 1 1 12rem;
  }
`;
