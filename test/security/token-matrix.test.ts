import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTokenVerifier, type TokenVerifier } from '../../app/auth/access-token.ts';
import { SignalingError } from '../../app/errors/signaling-error.ts';
import { algorithmCases } from '../support/tokens/algorithm-cases.ts';
import { claimCases } from '../support/tokens/claim-cases.ts';
import { formCases } from '../support/tokens/form-cases.ts';
import { headerCases } from '../support/tokens/header-cases.ts';
import {
  goodSet,
  handClock,
  json,
  type KeyServer,
  startKeyServer,
  troubles,
} from '../support/tokens/key-server.ts';
import { keySetCases } from '../support/tokens/key-set-cases.ts';
import {
  AUDIENCE,
  byRsa,
  hs,
  ISSUER,
  type KeyChoice,
  keyChoices,
  NOW,
  strange,
} from '../support/tokens/world.ts';

const MINUTE = 60_000;
const clock = { now: () => NOW * 1000 };

const verifiers = new Map(
  Object.entries(keyChoices).map(([choice, settings]) => [
    choice,
    createTokenVerifier(settings, clock),
  ]),
);

/** `accepted`, the code, or the stray error that no caller is prepared for. */
async function outcomeOf(token: unknown, verifier: TokenVerifier | undefined): Promise<string> {
  try {
    await verifier?.verify(token);
    return 'accepted';
  } catch (error) {
    return error instanceof SignalingError ? error.code : String(error);
  }
}

const against = (choice: KeyChoice) => verifiers.get(choice);
const matrix = [...formCases, ...algorithmCases, ...headerCases, ...claimCases];

describe('token matrix', () => {
  for (const { name, token, keys, is } of matrix) {
    it(name, async () => {
      expect(await outcomeOf(token, against(keys))).toBe(is);
    });
  }

  it('AUTH-27 no refusal says what the token holds', async () => {
    const content = 'unmistakable-content';
    for (const claim of ['sub', 'role', 'namespaces', 'room', 'jti', 'iss', 'aud', 'exp']) {
      const refused = against('secret')?.verify(hs({ [claim]: `${content}\n` }));
      const error: unknown = await refused?.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(SignalingError);
      expect(String(error)).toContain(claim);
      expect(String(error)).not.toContain(content);
    }
  });

  it('AUTH-27 the matrix has at least 60 refusals, and no two cases are one', () => {
    const all = [...matrix, ...keySetCases];
    expect(all.filter(({ is }) => is !== 'accepted').length).toBeGreaterThanOrEqual(60);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });
});

describe('token matrix: a JWKS address', () => {
  const good = byRsa(undefined, { kid: 'rsa' });
  const unknown = byRsa(undefined, { kid: 'unknown' });
  let server: KeyServer;

  beforeAll(async () => {
    server = await startKeyServer(json(goodSet));
  });
  afterAll(() => server.close());

  const verifierAt = (time = clock) =>
    createTokenVerifier(
      { issuer: ISSUER, audience: AUDIENCE, secrets: [], jwksUrl: server.url },
      time,
    );

  for (const { name, set, token, is } of keySetCases) {
    it(name, async () => {
      server.answer = json(set);
      expect(await outcomeOf(token, verifierAt())).toBe(is);
    });
  }

  it('AUTH-12 no address in a token is ever asked', async () => {
    server.answer = json({ keys: [strange.rsa.publicKey.export({ format: 'jwk' })] });
    server.asked = [];
    const elsewhere = new URL('/elsewhere.json', server.url).href;
    const header = { kid: elsewhere, jku: elsewhere, x5u: elsewhere };
    const token = byRsa(strange.rsa.privateKey, header);
    expect(await outcomeOf(token, against('rsa'))).toBe('token-invalid');
    expect(await outcomeOf(token, verifierAt())).toBe('token-invalid');
    expect(server.asked).toEqual(['/keys.json']);
  });

  it.each(Object.entries(troubles))(
    'AUTH-18 a publisher that %s lets nobody in who was not let in before',
    async (_, trouble) => {
      const time = handClock();
      server.answer = json(goodSet);
      const warm = verifierAt(time);
      expect(await outcomeOf(good, warm)).toBe('accepted');
      server.answer = trouble;
      time.pass(11 * MINUTE);
      expect(await outcomeOf(unknown, warm)).toBe('token-invalid');
      expect(await outcomeOf(good, warm)).toBe('accepted');
      expect(await outcomeOf(good, verifierAt())).toBe('token-invalid');
    },
  );

  it('AUTH-18 a publisher that never answers holds a token up for 5 s, and those with known keys not at all', async () => {
    const time = handClock();
    server.answer = json(goodSet);
    const warm = verifierAt(time);
    await warm.prepare();
    server.answer = () => {};
    time.pass(11 * MINUTE);
    const before = performance.now();
    const cold = outcomeOf(good, verifierAt());
    expect(await outcomeOf(good, warm)).toBe('accepted');
    expect(performance.now() - before).toBeLessThan(1000);
    expect(await cold).toBe('token-invalid');
    expect(performance.now() - before).toBeLessThan(7000);
  });

  it('AUTH-18 a publisher that is not there', async () => {
    const gone = await startKeyServer(json(goodSet));
    await gone.close();
    const settings = { issuer: ISSUER, audience: AUDIENCE, secrets: [], jwksUrl: gone.url };
    expect(await outcomeOf(good, createTokenVerifier(settings, clock))).toBe('token-invalid');
  });

  it('AUTH-17 after a rotation the new key counts, and the one that was withdrawn no more', async () => {
    const time = handClock();
    server.answer = json(goodSet);
    const verifier = verifierAt(time);
    expect(await outcomeOf(good, verifier)).toBe('accepted');
    server.answer = json({ keys: goodSet.keys.map((key) => ({ ...key, kid: `${key.kid}-2` })) });
    const renewed = byRsa(undefined, { kid: 'rsa-2' });
    expect(await outcomeOf(renewed, verifier)).toBe('token-invalid');
    time.pass(MINUTE);
    expect(await outcomeOf(renewed, verifier)).toBe('accepted');
    expect(await outcomeOf(good, verifier)).toBe('token-invalid');
  });
});
