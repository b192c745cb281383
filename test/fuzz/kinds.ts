/** Which part of all cases is of which kind. */
export const SHARES = {
  description: 0.2,
  candidate: 0.2,
  token: 0.1,
  payload: 0.25,
  packet: 0.075,
  frame: 0.075,
  request: 0.1,
};

export type Kind = keyof typeof SHARES;
