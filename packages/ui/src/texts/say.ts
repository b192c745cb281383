import type { Language } from './language.ts';

/** How times and numbers are written, in the language of the texts. */
export interface Say {
  number(value: number): string;
  /** A time of day, like 14:05. */
  time(at: Date): string;
  /** Whole minutes, like "12 minutes"; `short` like "12 min". */
  minutes(count: number, form?: 'long' | 'short'): string;
  /** The length of something under way, like 4:05 or 1:04:05. */
  clock(seconds: number): string;
  /** From–to in minutes, like "5–12 minutes". */
  range(from: number, to: number): string;
  /** Which of the forms the number takes (Intl.PluralRules); `other` where one is not given. */
  plural(
    count: number,
    forms: { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>,
  ): string;
}

/** The texts of one area in every language; one that lacks a text does not compile. */
export type Texts<T> = Readonly<Record<Language, T>>;

export function sayIn(language: Language): Say {
  const numbers = new Intl.NumberFormat(language);
  const times = new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' });
  const plurals = new Intl.PluralRules(language);
  const minutes = (unitDisplay: 'long' | 'short') =>
    new Intl.NumberFormat(language, { style: 'unit', unit: 'minute', unitDisplay });
  const twoDigits = new Intl.NumberFormat(language, { minimumIntegerDigits: 2 });
  return {
    number: (value) => numbers.format(value),
    time: (at) => times.format(at),
    minutes: (count, form = 'long') => minutes(form).format(count),
    clock(seconds) {
      const whole = Math.max(0, Math.floor(seconds));
      const parts = [Math.floor(whole / 60) % 60, whole % 60];
      const hours = Math.floor(whole / 3600);
      const [first = 0, ...rest] = hours > 0 ? [hours, ...parts] : parts;
      return [numbers.format(first), ...rest.map((part) => twoDigits.format(part))].join(':');
    },
    range: (from, to) =>
      from === to ? minutes('long').format(from) : minutes('long').formatRange(from, to),
    plural: (count, forms) => forms[plurals.select(count)] ?? forms.other,
  };
}
