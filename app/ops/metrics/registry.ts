import { collectDefaultMetrics, type Metric, type MetricValue, Registry } from 'prom-client';
import type { Counts } from './counts.ts';
import type { Description } from './describe.ts';
import { METRICS, type ReadingKey } from './table.ts';
import { type Sample, Tally, Timings } from './tally.ts';

/** Looks a figure up: its samples, or none where there is nothing to be known. */
export type Readings = Readonly<Record<ReadingKey, () => readonly Sample[]>>;

/** Figures of the process are one set, however many servers run in it (as in a test). */
let ofProcess: Registry | undefined;

function processRegistry(): Registry {
  if (ofProcess === undefined) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/** What prom-client tells of the process, for the documentation. */
export const processMetrics = async (): Promise<{ name: string; help: string; type: string }[]> =>
  (await processRegistry().getMetricsAsJSON()).map(({ name, help, type }) => ({
    name,
    help,
    type: String(type),
  }));

/** All metrics as prom-client writes them down: those of the table, and its own of the process. */
export function createRegistry(counts: Counts, readings: Readings): Registry {
  const own = new Registry();
  for (const [key, described] of Object.entries(METRICS)) {
    const source =
      described.kind === 'reading' ? readings[key as ReadingKey] : counts[key as keyof Counts];
    own.registerMetric(collected(described, source));
  }
  return Registry.merge([own, processRegistry()]) as Registry;
}

/** A metric whose numbers are kept elsewhere: prom-client asks it for them when they are wanted. */
function collected(
  described: Description,
  source: (() => readonly Sample[]) | Tally | Timings,
): Metric {
  const { name, help, labels } = described;
  const type = described.kind === 'reading' ? described.type : described.kind;
  const named = (values: readonly string[]): Record<string, string> =>
    Object.fromEntries(labels.map((label, at) => [label.name, values[at] ?? '']));
  const get = async () => {
    const values =
      source instanceof Timings
        ? spread(described, source, named)
        : (source instanceof Tally ? source.samples() : source()).map(
            ({ labels: given, value }) => ({
              labels: named(given),
              value,
            }),
          );
    return { name, help, type, values, aggregator: 'sum' };
  };
  return { name, help, get } as unknown as Metric;
}

interface NamedValue extends MetricValue<string> {
  metricName: string;
}

function spread(
  described: Description,
  timings: Timings,
  named: (values: readonly string[]) => Record<string, string>,
): NamedValue[] {
  const { name } = described;
  const bounds = described.kind === 'histogram' ? described.bounds : [];
  return timings.spreads().flatMap(({ label, upTo, count, sum }) => {
    const labels = named([label]);
    const bucket = (le: string, value: number): NamedValue => ({
      metricName: `${name}_bucket`,
      labels: { ...labels, le },
      value,
    });
    return [
      ...bounds.map((bound, at) => bucket(String(bound), upTo[at] ?? 0)),
      bucket('+Inf', count),
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
}
