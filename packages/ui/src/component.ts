import { LitElement } from 'lit';
import { directionOf, type Language, languageOf } from './texts/language.ts';
import { type Say, sayIn } from './texts/say.ts';
import { theme } from './theme.ts';

/**
 * What every component is: it knows its language (its own `lang`, else that of the page, else that of
 * the browser), the direction in which that runs, and how it writes times and numbers.
 */
export class Component extends LitElement {
  static override properties = { lang: { type: String } };
  static override styles = [theme];

  declare lang: string;

  #say: { language: Language; say: Say } | undefined;

  get language(): Language {
    const nearest = this.closest<HTMLElement>('[lang]')?.lang ?? document.documentElement.lang;
    return languageOf([this.lang, nearest, ...navigator.languages]);
  }

  get direction(): 'ltr' | 'rtl' {
    return directionOf(this.language);
  }

  get say(): Say {
    const { language } = this;
    if (this.#say?.language !== language) this.#say = { language, say: sayIn(language) };
    return this.#say.say;
  }
}
