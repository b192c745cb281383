import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SignalingError } from '../errors/signaling-error.ts';
import { FailedAttempts } from './failed-attempts.ts';

const MINUTE_MS = 60_000;
const SETTINGS = { attempts: 3, withinMs: 30 * MINUTE_MS, blockMs: 15 * MINUTE_MS };

let failures: FailedAttempts;

beforeEach(() => {
  vi.useFakeTimers();
  failures = new FailedAttempts(SETTINGS);
});

afterEach(() => vi.useRealTimers());

/** The code that a failed attempt from this address ends with. */
const fail = (address = '198.51.100.1') =>
  failures
    .watch(address, () => Promise.reject(new SignalingError('token-invalid')))
    .catch(({ code }: SignalingError) => code);

async function failOften(): Promise<void> {
  for (let n = 0; n < SETTINGS.attempts; n += 1) expect(await fail()).toBe('token-invalid');
}

describe('LIMIT-4 failed attempts', () => {
  it('LIMIT-4 are told apart from others no longer, once there were too many', async () => {
    await failOften();
    expect(await fail()).toBe('rate-limited');
    expect(await fail('198.51.100.2')).toBe('token-invalid');
  });

  it('LIMIT-4 are forgiven after a quarter of an hour', async () => {
    await failOften();
    expect(await fail()).toBe('rate-limited');
    vi.advanceTimersByTime(SETTINGS.blockMs - 1000);
    expect(await fail()).toBe('rate-limited');
    vi.advanceTimersByTime(2000);
    expect(await fail()).toBe('token-invalid');
  });

  it('LIMIT-4 count for half an hour', async () => {
    await failOften();
    vi.advanceTimersByTime(SETTINGS.withinMs + 1000);
    await failOften();
  });

  it('LIMIT-4 are no other errors, and no successes', async () => {
    const expired = () => Promise.reject(new SignalingError('token-expired'));
    for (let n = 0; n < 10; n += 1) {
      await expect(failures.watch('198.51.100.1', expired)).rejects.toThrow('expired');
      expect(await failures.watch('198.51.100.1', async () => 'in')).toBe('in');
    }
    await failOften();
  });
});
