import { css } from 'lit';
import { ringing } from '../parts/ringing.ts';

export const consultationStyles = css`
  ${ringing}
  .call {
    display: grid;
    gap: 0.75rem;
  }
  call-view {
    height: min(72vh, 46rem);
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
`;
