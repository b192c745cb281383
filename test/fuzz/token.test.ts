import { expect, test } from 'vitest';
import { createTokenVerifier } from '../../app/auth/access-token.ts';
import { SignalingError } from '../../app/errors/signaling-error.ts';
import { NOW } from '../support/tokens/world.ts';
import { campaign, PATIENCE_MS } from './plan.ts';
import { isGoodToken } from './token-reference.ts';
import { SETTINGS, textOf, tokenCases } from './tokens.ts';

const verifier = createTokenVerifier(SETTINGS, { now: () => NOW * 1000 });

/** Why the token is refused; undefined if it is taken. What is refused is so with a code of its own. */
async function refusalOf(token: string): Promise<string | undefined> {
  try {
    await verifier.verify(token);
    return undefined;
  } catch (error) {
    if (!(error instanceof SignalingError)) throw error;
    expect(error.code).toMatch(/^token-(missing|invalid|expired|not-yet-valid)$/);
    return error.message;
  }
}

test(
  'AUTH-10 AUTH-13 AUTH-27 token: nothing is taken but what the rules let in',
  async () => {
    let taken = 0;
    const tried = await campaign({
      kind: 'token',
      cases: tokenCases,
      together: 50,
      hold: async (tokens) => {
        const texts = tokens.map(textOf);
        const refusals = await Promise.all(texts.map(refusalOf));
        const verdicts = refusals.map((refusal, index) => ({
          text: texts[index],
          refusal,
          isTaken: refusal === undefined,
        }));
        taken += verdicts.filter(({ isTaken }) => isTaken).length;
        const wrong = verdicts.filter(({ isTaken }, index) => {
          const one = tokens[index];
          return one !== undefined && isTaken !== isGoodToken(one);
        });
        expect(wrong).toEqual([]);
      },
    });
    // Were none of them good, nothing would be tried but the way to the first check.
    expect(taken).toBeGreaterThan(tried / 50);
  },
  PATIENCE_MS,
);
