/** Puts something before the page's title, and takes it away again. Nobody's name goes there. */
export class TitleMark {
  #own: string | undefined;

  show(mark: string): void {
    if (mark === '') {
      this.clear();
      return;
    }
    this.#own ??= document.title;
    document.title = `${mark} ${this.#own}`;
  }

  clear(): void {
    if (this.#own !== undefined) document.title = this.#own;
    this.#own = undefined;
  }
}
