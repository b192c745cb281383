import { css } from 'lit';

/** The stage is dark by day and by night: eyes and cameras like it so. For what lies on it too. */
export const stageColours = css`
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
`;
