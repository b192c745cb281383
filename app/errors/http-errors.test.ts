import { ERROR_CODES, ERRORS, httpErrorSchema } from '@telemedicine-signaling/protocol';
import fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { makeErrorHandler } from './http-errors.ts';
import { SignalingError } from './signaling-error.ts';

interface Line {
  fields: object;
  msg: string;
}

/** An application whose one route fails with what it is given, and the log it writes. */
function failingWith(error: unknown) {
  const lines: Line[] = [];
  const app = fastify();
  app.setErrorHandler(makeErrorHandler({ error: (fields, msg) => lines.push({ fields, msg }) }));
  app.get('/rooms/:id', () => Promise.reject(error));
  return { lines, ask: () => app.inject('/rooms/of-anna?secret=1') };
}

describe('HTTP-10 errors over HTTP', () => {
  it.each(ERROR_CODES)('HTTP-10 %s goes out as the table says', async (code) => {
    const response = await failingWith(new SignalingError(code)).ask();
    const { http, retry, msg } = ERRORS[code];
    expect(response.statusCode).toBe(http);
    expect(httpErrorSchema.parse(response.json())).toEqual({ status: http, code, msg, retry });
  });

  it.each([
    ['an error', new Error('Anna Muster cannot be saved')],
    ['a cause within', new Error('outer', { cause: new Error('Anna Muster') })],
    ['a status of its own', Object.assign(new Error('Anna Muster'), { statusCode: 503 })],
    ['no error', 'Anna Muster'],
    ['nothing', undefined],
  ])(
    'HTTP-10 an unforeseen failure (%s) is internal, and tells nothing of itself',
    async (_, error) => {
      const response = await failingWith(error).ask();
      const { http, msg, retry } = ERRORS.internal;
      expect(response.json()).toEqual({ status: http, code: 'internal', msg, retry });
      expect(response.body).not.toMatch(/Anna| at /);
    },
  );
});

describe('HTTP-18 what is written down of a failure', () => {
  it('HTTP-18 is the request, code, method, route and the places in the code: no message, no address', async () => {
    const { ask, lines } = failingWith(new Error('Anna Muster\n    at Bahnhofstrasse 1'));
    await ask();
    expect(lines).toEqual([
      {
        msg: 'a request failed',
        fields: {
          request: expect.any(String),
          code: 'internal',
          method: 'GET',
          route: '/rooms/:id',
          at: expect.arrayContaining([expect.stringContaining('http-errors.test.ts')]),
        },
      },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/Anna|Bahnhof|secret/);
  });

  it('HTTP-18 a store that cannot be reached is written down', async () => {
    const { ask, lines } = failingWith(new SignalingError('store-unavailable', 'no disk'));
    await ask();
    expect(lines).toMatchObject([{ fields: { code: 'store-unavailable' } }]);
  });

  it("HTTP-18 the caller's own mistakes are not", async () => {
    const { ask, lines } = failingWith(new SignalingError('room-not-found'));
    await ask();
    expect(lines).toEqual([]);
  });
});
