import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/process.ts';
import { Service } from '../support/service.ts';

const UI = `${ROOT}packages/ui/dist/site/`;
const KB = 1024;

let service: Service;

beforeAll(async () => {
  service = await Service.start();
});
afterAll(() => service.stop());

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(service.url + path, { headers: { Accept: 'text/html', ...headers } });

describe('PAGE-1 pages on which a consultation is held', () => {
  it.each(['/patient/clinic-7', '/doctor/clinic-7', '/test'])('PAGE-1 %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('permissions-policy')).toContain('camera=(self)');
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
    const html = await answer.text();
    expect(html).not.toContain('clinic-7');
    const [, script = ''] = /src="(\/ui\/[a-z]+\.js)"/.exec(html) ?? [];
    expect((await get(script)).status).toBe(200);
  });

  it.each(['/patient/a%20b', '/doctor/', '/patient', `/doctor/${'x'.repeat(129)}`])(
    'PAGE-1 HTTP-8 there is nothing at %s',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain('There is nothing at this address.');
    },
  );
});

describe('PAGE-4 scripts', () => {
  it('PAGE-4 may be loaded by other origins, and asked for anew', async () => {
    const answer = await get('/ui/telemedicine-ui.js', { Origin: 'https://clinic.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    const etag = answer.headers.get('etag') ?? '';
    expect((await get('/ui/telemedicine-ui.js', { 'If-None-Match': etag })).status).toBe(304);
  });

  /** A script and all that it imports, directly or not. */
  function withImports(name: string, seen = new Set<string>()): Set<string> {
    if (seen.has(name)) return seen;
    seen.add(name);
    const text = readFileSync(UI + name, 'utf8');
    for (const [, other = ''] of text.matchAll(/["']\.\/([\w-]+\.js)["']/g))
      withImports(other, seen);
    return seen;
  }

  it.each(['patient.js', 'doctor.js', 'test.js'])('PAGE-4 %s is within 75 KB', (name) => {
    const files = [...withImports(name)];
    expect(files.length).toBeGreaterThan(1);
    const size = files.reduce((sum, file) => sum + gzipSync(readFileSync(UI + file)).length, 0);
    expect(size).toBeLessThan(75 * KB);
  });

  it('PAGE-4 the SDK is within 25 KB, with the Socket.IO client in it', () => {
    const folder = `${ROOT}packages/client/dist/browser/`;
    expect(readdirSync(folder)).toEqual(['telemedicine-client.js']);
    const file = readFileSync(`${folder}telemedicine-client.js`);
    expect(gzipSync(file).length).toBeLessThan(25 * KB);
    // Zod would be in it if a schema were imported as more than a type.
    expect(file.toString()).not.toMatch(/ZodError|invalid_type/);
  });
});
