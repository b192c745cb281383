/** A label, and every value that it can have: what is not in the list is never a label (SPEC METRIC-2). */
export interface Label<Value extends string = string> {
  name: string;
  values: readonly Value[];
  /** What the values are, for the documentation, where the list would be long. */
  text?: string | undefined;
}

interface Described {
  name: string;
  help: string;
  labels: readonly Label[];
}

/** Grows by one at a time, where something happens. */
export interface Counter<A extends string = string, B extends string = string> extends Described {
  kind: 'counter';
  /** Never there: tells the compiler which values the labels have. */
  of?: [A, B];
}

/** How long something took, or lasted: counted by upper bounds, in seconds. */
export interface Timing<A extends string = string> extends Described {
  kind: 'histogram';
  bounds: readonly number[];
  of?: [A];
}

/** Looked up when somebody asks for the figures, and at no other time. */
export interface Reading extends Described {
  kind: 'reading';
  type: 'gauge' | 'counter';
}

export type Description = Counter | Timing | Reading;

export const label = <const Value extends string>(
  name: string,
  values: readonly Value[],
  text?: string,
): Label<Value> => ({ name, values, text });

/** The name of a counter ends in `_total`, as Prometheus has it. At most two labels. */
export const counter = <A extends string = '', B extends string = ''>(
  name: `signaling_${string}_total`,
  help: string,
  first?: Label<A>,
  second?: Label<B>,
): Counter<A, B> => ({ kind: 'counter', name, help, labels: given(first, second) });

export const timing = <A extends string = ''>(
  name: `signaling_${string}_seconds`,
  help: string,
  bounds: readonly number[],
  first?: Label<A>,
): Timing<A> => ({ kind: 'histogram', name, help, bounds, labels: given(first) });

export const reading = (
  type: Reading['type'],
  name: `signaling_${string}`,
  help: string,
  ...labels: Label[]
): Reading => ({ kind: 'reading', type, name, help, labels });

const given = (...labels: (Label | undefined)[]): Label[] =>
  labels.filter((one) => one !== undefined);
