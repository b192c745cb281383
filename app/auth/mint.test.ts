import { describe, expect, it } from 'vitest';
import { keyChoices, NOW, OLD_SECRET, SECRET } from '../../test/support/tokens/world.ts';
import { SignalingError } from '../errors/signaling-error.ts';
import { createTokenVerifier } from './access-token.ts';
import { createTokenMint, type MintRequest } from './mint.ts';

const clock = { now: () => NOW * 1000 + 500 };
const { secret, rotation } = keyChoices;
const request: MintRequest = {
  role: 'doctor',
  subject: 'd-17',
  namespaces: ['dr-1'],
  ttlSeconds: 3600,
};

const mint = createTokenMint({ settings: rotation, clock });
const refusal = (changes: object): Promise<unknown> =>
  mint.mint({ ...request, ...changes }).then(
    () => 'minted',
    (error: unknown) => error,
  );

describe('minting', () => {
  it('AUTH-28 makes what the verifier reads', async () => {
    const ids = { uuid: () => 'token-1' };
    const { token, ...rest } = await createTokenMint({ settings: secret, clock, ids }).mint({
      ...request,
      room: 'room-1',
      urgent: true,
    });
    expect(rest).toEqual({ tokenId: 'token-1', expiresAt: (NOW + 3600) * 1000 });
    expect(await createTokenVerifier(secret, clock).verify(token)).toEqual({
      subject: 'd-17',
      role: 'doctor',
      namespaces: ['dr-1'],
      room: 'room-1',
      urgent: true,
      ...rest,
    });
  });

  it('AUTH-28 signs with the first secret', async () => {
    const { token } = await mint.mint(request);
    const only = (one: string) => createTokenVerifier({ ...secret, secrets: [one] }, clock);
    await expect(only(SECRET).verify(token)).resolves.toBeDefined();
    await expect(only(OLD_SECRET).verify(token)).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('AUTH-28 gives each token an id of its own', async () => {
    const [one, other] = await Promise.all([mint.mint(request), mint.mint(request)]);
    expect(one.tokenId).not.toBe(other.tokenId);
  });

  it('AUTH-28 makes tokens of the longest lifetime', async () => {
    const { token } = await mint.mint({ ...request, ttlSeconds: 86_400 });
    await expect(createTokenVerifier(rotation, clock).verify(token)).resolves.toBeDefined();
  });

  it.each([
    ['an unknown role', { role: 'admin' }, 'role'],
    ['no subject', { subject: '' }, 'subject'],
    ['no namespace', { namespaces: [] }, 'namespaces'],
    ['a namespace with a blank', { namespaces: ['dr 1'] }, 'namespaces'],
    ['all namespaces for a doctor', { namespaces: ['*'] }, 'namespaces'],
    ['a room with a blank', { room: 'room 1' }, 'room'],
    ['more than the longest lifetime', { ttlSeconds: 86_401 }, 'ttlSeconds is at most 86400'],
    ['no time at all', { ttlSeconds: 0 }, 'ttlSeconds is at least 1'],
    ['a fraction of a second', { ttlSeconds: 1.5 }, 'ttlSeconds is a whole number'],
    ['a claim of the caller’s own', { iss: 'elsewhere' }, 'iss'],
  ])('AUTH-28 refuses %s', async (_, changes, said) => {
    const error = await refusal(changes);
    expect(error).toBeInstanceOf(SignalingError);
    expect(error).toMatchObject({
      code: 'invalid-payload',
      message: expect.stringContaining(said),
    });
  });

  it('AUTH-28 needs a secret', () => {
    expect(() => createTokenMint({ settings: keyChoices.rsa, clock })).toThrow('JWT_SECRET');
    const short = { ...secret, secrets: ['short'] };
    expect(() => createTokenMint({ settings: short, clock })).toThrow('32 bytes');
  });
});
