import { parser } from '@prometheus-io/lezer-promql';

/**
 * The metrics that an expression of PromQL asks for.
 * @throws Error it is none
 */
export function metricsIn(expression: string): string[] {
  const names: string[] = [];
  parser.parse(expression).iterate({
    enter({ type, from, to }) {
      const text = expression.slice(from, to);
      if (type.isError) throw new Error(`no PromQL at ${from}: ${expression}`);
      // The name in front of a selector, not those of labels within it.
      if (type.name === 'Identifier') names.push(text);
    },
  });
  if (names.length === 0) throw new Error(`asks for nothing: ${expression}`);
  return names;
}

/** A histogram is asked for by its parts. */
export const metricOf = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');
