import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebhookReceiver } from '../../test/support/webhook-receiver.ts';
import { ANSWER_MS, post } from './post.ts';

let receiver: WebhookReceiver;
beforeEach(async () => {
  receiver = await WebhookReceiver.start();
});
afterEach(async () => {
  vi.useRealTimers();
  await receiver.down();
});

const send = (trying = new AbortController()) =>
  post(receiver.url, { 'webhook-id': 'evt_1' }, '{}', trying);

/** The backend never answers; resolves when it has the request. */
const kept = () =>
  new Promise<void>((resolve) => {
    receiver.answer = () => {
      resolve();
      return new Promise(() => {});
    };
  });

describe('HOOK-5 why a try has failed', () => {
  it('HOOK-5 not at all, where it was taken', async () => {
    expect(await send()).toBe(undefined);
    expect(receiver.taken.map(({ id, text }) => [id, text])).toEqual([['evt_1', '{}']]);
  });

  it('HOOK-5 no answer within 10 s', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const isKept = kept();
    const sending = send();
    const ended = vi.fn();
    void sending.then(ended);
    await isKept;
    vi.advanceTimersByTime(ANSWER_MS - 1);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    expect(ended).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(await sending).toBe('it took longer than 10000 ms');
  });

  it('HOOK-5 an answer that is not 2xx, nobody there, a server that stops', async () => {
    receiver.answer = () => 418;
    expect(await send()).toBe('it answered 418');
    const isKept = kept();
    const trying = new AbortController();
    const sending = send(trying);
    await isKept;
    trying.abort();
    expect(await sending).toBe('this server was stopped meanwhile');
    const gone = await WebhookReceiver.start();
    await gone.down();
    expect(await post(gone.url, {}, '{}', new AbortController())).toBe('ECONNREFUSED');
  });
});
