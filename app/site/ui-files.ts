import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A built script of the web components. */
export interface UiFile {
  path: string;
  content: Buffer;
  etag: string;
  /** Whether its name holds a mark of its content, so that a browser may keep it for good. */
  isForGood: boolean;
}

/** Where `npm run build` puts them. */
const folder = join(
  dirname(createRequire(import.meta.url).resolve('@telemedicine-signaling/ui/package.json')),
  'dist/site',
);

/**
 * The scripts that pages load, this server's and those of hospitals (SPEC PAGE-4).
 * @throws Error they are not built
 */
export function uiFiles(): UiFile[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.js'))
    .map((name) => {
      const content = readFileSync(join(folder, name));
      const mark = createHash('sha256').update(content).digest('hex').slice(0, 16);
      return {
        path: `/ui/${name}`,
        content,
        etag: `"${mark}"`,
        isForGood: name.startsWith('part-'),
      };
    });
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (cause) {
    throw new Error('The pages are not built. Run: npm run build', { cause });
  }
}
