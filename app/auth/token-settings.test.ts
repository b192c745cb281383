import { describe, expect, it } from 'vitest';
import { keyChoices } from '../../test/support/tokens/world.ts';
import { assertTokenSettings, type TokenSettings } from './token-settings.ts';

const withSettings = (changes: Partial<TokenSettings>) => () =>
  assertTokenSettings({ ...keyChoices.secret, ...changes });

describe('settings for tokens', () => {
  it.each([
    'https://login.example/keys',
    'https://login.example:8443/keys?tenant=1',
    'http://127.0.0.1:3000/keys',
    'http://127.9.9.9/keys',
    'http://localhost:3000/keys',
    'http://[::1]:3000/keys',
  ])('AUTH-16 keys may come from %s', (jwksUrl) => {
    expect(withSettings({ secrets: [], jwksUrl })).not.toThrow();
  });

  it.each([
    '',
    'keys.json',
    '/etc/keys.json',
    'file:///etc/keys.json',
    'data:application/json,{"keys":[]}',
    'ftp://login.example/keys',
    'http://login.example/keys',
    'http://localhost.login.example/keys',
    'http://127.0.0.1.login.example/keys',
    'http://10.0.0.1/keys',
    'http://0.0.0.0/keys',
    'http://[::2]/keys',
    'https://user:password@login.example/keys',
  ])('AUTH-16 keys may not come from «%s»', (jwksUrl) => {
    expect(withSettings({ jwksUrl })).toThrow('The JWKS address must be an https URL');
  });

  it.each([
    ['a secret of 31 bytes', { secrets: ['x'.repeat(31)] }, 'at least 32 bytes'],
    [
      'an old secret of 31 bytes',
      { secrets: ['x'.repeat(32), 'x'.repeat(31)] },
      'at least 32 bytes',
    ],
    ['three secrets', { secrets: ['x', 'y', 'z'].map((c) => c.repeat(32)) }, 'At most two'],
    ['no key at all', { secrets: [] }, 'There is no key'],
    ['an empty issuer', { issuer: '' }, 'issuer'],
    ['an empty audience', { audience: '' }, 'audience'],
    ['no lifetime', { maxLifetimeSeconds: 0 }, 'lifetime'],
    ['half a second of lifetime', { maxLifetimeSeconds: 0.5 }, 'lifetime'],
    ['an endless lifetime', { maxLifetimeSeconds: Number.POSITIVE_INFINITY }, 'lifetime'],
    ['a leeway below zero', { leewaySeconds: -1 }, 'leeway'],
  ])('AUTH-14 refuses %s', (_, changes, said) => {
    expect(withSettings(changes)).toThrow(said);
  });

  it('AUTH-14 counts bytes, not characters', () => {
    expect(withSettings({ secrets: ['é'.repeat(16)] })).not.toThrow();
  });

  it('AUTH-14 names all mistakes at once, and no secret', () => {
    const refused = withSettings({ issuer: '', audience: '', secrets: ['too-short-to-show'] });
    expect(refused).toThrow(/issuer.*audience.*32 bytes/);
    expect(refused).not.toThrow('too-short-to-show');
  });
});
