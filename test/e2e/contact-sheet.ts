import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Where `npm run screenshots` wants its pictures; a test run makes none. */
const FOLDER = process.env.SCREENSHOTS;

/** The pictures of one screen in all its looks, side by side in one file. */
export class ContactSheet {
  readonly #name: string;
  readonly #pictures: { title: string; data: string }[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  async add(page: Page, title: string): Promise<void> {
    if (FOLDER === undefined) return;
    const data = await page.screenshot({ animations: 'disabled' });
    this.#pictures.push({ title, data: data.toString('base64') });
  }

  async write(page: Page): Promise<void> {
    if (FOLDER === undefined) return;
    const sheet = await page.context().newPage();
    await sheet.setViewportSize({ width: 1720, height: 480 });
    await sheet.setContent(`<style>
      body { margin: 0; padding: 8px; display: inline-flex; gap: 12px; background: #888; }
      img { height: 450px; display: block; }
    </style>${this.#pictures
      .map(({ title, data }) => `<img alt="${title}" src="data:image/png;base64,${data}">`)
      .join('')}`);
    const type = 'jpeg';
    const picture = await sheet.locator('body').screenshot({ type, quality: 82 });
    await sheet.close();
    await mkdir(FOLDER, { recursive: true });
    await writeFile(join(FOLDER, `${this.#name}.jpg`), picture);
  }
}
