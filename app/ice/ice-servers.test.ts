import { describe, expect, it } from 'vitest';
import type { IceSettings } from '../config/ice-settings.ts';
import { createIceServers } from './ice-servers.ts';
import { turnCredentials } from './turn-credentials.ts';

const NOW = Date.UTC(2030, 0, 1, 12, 0, 0, 999);
const CURRENT = 'current-secret-current-secret-current';
const PREVIOUS = 'previous-secret-previous-secret-previous';

const stun = { urls: 'stun:stun.example.org:3478' };
const settings: IceSettings = {
  static: [stun],
  turnUrls: ['turn:turn.example.org?transport=udp', 'turns:turn.example.org?transport=tcp'],
  turnSecrets: [CURRENT, PREVIOUS],
  ttlSeconds: 3_600,
};

const at = (now: number) => ({ now: () => now });

/** Expiry and name in the username of the relay that this client is given. */
function usernameParts(ice: ReturnType<typeof createIceServers>, clientId: string): string[] {
  return ice.forClient(clientId).iceServers.at(-1)?.username?.split(':') ?? [];
}

describe('ICE-1 what a client gets', () => {
  it('ICE-1 the static servers, then the relay under all its addresses', () => {
    const { iceServers } = createIceServers(settings, at(NOW)).forClient('client-1');
    expect(iceServers).toEqual([
      stun,
      { urls: settings.turnUrls, username: expect.any(String), credential: expect.any(String) },
    ]);
  });

  it.each([{ turnUrls: [], turnSecrets: [] }, { turnUrls: [] }, { turnSecrets: [] }])(
    'ICE-1 only the static servers with %j, and nothing expires',
    (without) => {
      const ice = createIceServers({ ...settings, ...without }, at(NOW));
      expect(ice.forClient('client-1')).toEqual({ iceServers: [stun], expiresAt: null });
    },
  );

  it.each([1, 2])('ICE-1 a list of %d that nobody else holds', (length) => {
    const turnUrls = settings.turnUrls.slice(0, length - 1);
    const ice = createIceServers({ ...settings, turnUrls }, at(NOW));
    ice.forClient('client-1').iceServers.pop();
    expect(ice.forClient('client-1').iceServers).toHaveLength(length);
  });
});

describe('ICE-3 how long it lasts', () => {
  it('ICE-3 ttlSeconds from now, in the username and in expiresAt', () => {
    const ice = createIceServers(settings, at(NOW));
    const expiry = Math.floor(NOW / 1_000) + 3_600;
    expect(usernameParts(ice, 'client-1')[0]).toBe(String(expiry));
    expect(ice.forClient('client-1').expiresAt).toBe(expiry * 1_000);
  });

  it('ICE-3 asked again later, it lasts longer, under the same name', () => {
    let now = NOW;
    const ice = createIceServers(settings, { now: () => now });
    const [firstExpiry, firstName] = usernameParts(ice, 'client-1');
    now += 1_800_000;
    const [nextExpiry, nextName] = usernameParts(ice, 'client-1');
    expect(Number(nextExpiry) - Number(firstExpiry)).toBe(1_800);
    expect(nextName).toBe(firstName);
  });
});

describe('ICE-4 who a client is stays with the server', () => {
  it('ICE-4 two clients have two names, neither holds a client-id', () => {
    const ice = createIceServers(settings, at(NOW));
    const [, one] = usernameParts(ice, 'client-1');
    const [, two] = usernameParts(ice, 'client-2');
    expect(one).not.toBe(two);
    expect(one).not.toContain('client-1');
  });

  it('ICE-4 another process gives the same client another name', () => {
    const [, here] = usernameParts(createIceServers(settings, at(NOW)), 'client-1');
    const [, there] = usernameParts(createIceServers(settings, at(NOW)), 'client-1');
    expect(here).not.toBe(there);
  });
});

describe('ICE-5 two secrets', () => {
  it('ICE-5 the first one signs', () => {
    const relay = createIceServers(settings, at(NOW)).forClient('client-1').iceServers.at(-1);
    const [expiry = '', name = ''] = relay?.username?.split(':') ?? [];
    const { credential } = turnCredentials(CURRENT, Number(expiry), name);
    expect(relay?.credential).toBe(credential);
  });
});
