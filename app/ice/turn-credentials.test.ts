import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { opaqueIdOf, turnCredentials } from './turn-credentials.ts';

describe('ICE-2 credentials in the REST form', () => {
  it('ICE-2 the username is expiry and id, the credential its HMAC-SHA1 in base64', () => {
    const { username, credential } = turnCredentials('s'.repeat(32), 1_700_000_000, 'abc');
    expect(username).toBe('1700000000:abc');
    const expected = createHmac('sha1', 's'.repeat(32)).update('1700000000:abc').digest();
    expect(Buffer.from(credential, 'base64')).toEqual(expected);
    expect(credential).toMatch(/^[A-Za-z0-9+/]{27}=$/);
  });

  it('ICE-2 a known answer, computed with `openssl dgst -sha1 -hmac`', () => {
    expect(turnCredentials('north', 1_433_895_918, 'ninefingers').credential).toBe(
      'jy8hTxmOO7UtEKXqSkSlvakPVYA=',
    );
  });
});

describe('ICE-4 who a client is stays with the server', () => {
  const key = randomBytes(32);

  it('ICE-4 the same client has the same name, another client another', () => {
    expect(opaqueIdOf('client-1', key)).toBe(opaqueIdOf('client-1', key));
    expect(opaqueIdOf('client-1', key)).not.toBe(opaqueIdOf('client-2', key));
  });

  it('ICE-4 the name is 16 bytes that need the key', () => {
    const name = opaqueIdOf('client-1', key);
    expect(name).toMatch(/^[\w-]{22}$/);
    expect(name).not.toContain('client');
    expect(opaqueIdOf('client-1', randomBytes(32))).not.toBe(name);
  });
});
