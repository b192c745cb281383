import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Texts that stand nowhere else in the world: where one is found, what it stands for has got there. */
export class Canaries {
  readonly #kinds = new Map<string, string>();

  /** A fresh one. `kind` says what it stands for. */
  make(kind: string): string {
    const canary = `canary${randomBytes(12).toString('hex')}`;
    this.watch(kind, canary);
    return canary;
  }

  /** Something that was made elsewhere, and is to be looked for as well. */
  watch(kind: string, text: string): string {
    this.#kinds.set(text, kind);
    return text;
  }

  /** The kinds that are found in there, each once, in order. */
  in(where: Buffer | string): string[] {
    const bytes = Buffer.from(where);
    const found = [...this.#kinds].filter(([text]) => bytes.includes(text));
    return [...new Set(found.map(([, kind]) => kind))].sort();
  }

  /** The kinds that are found in each file of this folder, as it is on the disk now. */
  inFiles(folder: string): Record<string, string[]> {
    const files = readdirSync(folder).sort();
    const all = files.map((file) => [file, this.in(readFileSync(join(folder, file)))] as const);
    return Object.fromEntries(all.filter(([, kinds]) => kinds.length > 0));
  }
}
