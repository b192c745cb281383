import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A file that the pages load from this server. */
export interface Asset {
  path: string;
  /** The path with a mark of the content, so that a browser may keep it for good. */
  url: string;
  type: string;
  content: Buffer;
}

export const STYLE = asset('style.css', 'text/css; charset=utf-8');
export const ROOM_STYLE = asset('room.css', 'text/css; charset=utf-8');
export const DOCS_STYLE = asset('docs.css', 'text/css; charset=utf-8');
export const TRY_IT_SCRIPT = asset('try-it.js', 'text/javascript; charset=utf-8');
export const ICON = asset('icon.svg', 'image/svg+xml');

function asset(name: string, type: string): Asset {
  const content = readFileSync(new URL(`./assets/${name}`, import.meta.url));
  const mark = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const path = `/site/${name}`;
  return { path, url: `${path}?v=${mark}`, type, content };
}
