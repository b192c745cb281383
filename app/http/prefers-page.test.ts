import { describe, expect, it } from 'vitest';
import { prefersPage } from './prefers-page.ts';

describe('HTTP-2 a page for a browser, JSON for a program', () => {
  it.each([
    'text/html',
    'TEXT/HTML; charset=utf-8',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
    'application/json;q=0.4, text/html;q=0.5',
    'application/xhtml+xml, */*;q=0.1',
  ])('HTTP-2 a page for «%s»', (accept) => {
    expect(prefersPage(accept)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'application/json, text/plain, */*',
    'text/html;q=0',
    'text/html;q=0.3, application/json',
    'text/html, application/json',
    'text/html, */*',
    'text/htmlish',
    ';;;,,,q=1',
  ])('HTTP-2 JSON for «%s»', (accept) => {
    expect(prefersPage(accept)).toBe(false);
  });
});
