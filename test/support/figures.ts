export interface Figure {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** What `/metrics` says, in the text form of Prometheus. */
export class Figures {
  readonly all: readonly Figure[];
  /** The metrics that it describes, whether or not there is anything to be said of them. */
  readonly names: readonly string[];

  constructor(text: string) {
    const lines = text.split('\n').filter((line) => line !== '');
    this.names = lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
    this.all = lines.filter((line) => !line.startsWith('#')).map(read);
  }

  static async of(port: number | undefined): Promise<Figures> {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    if (answer.status !== 200) throw new Error(`/metrics answers ${answer.status}`);
    return new Figures(await answer.text());
  }

  /** The sum of all that have these labels; undefined if there is none. */
  value(name: string, labels: Record<string, string> = {}): number | undefined {
    const fitting = this.all.filter(
      (one) =>
        one.name === name &&
        Object.entries(labels).every(([label, text]) => one.labels[label] === text),
    );
    if (fitting.length === 0) return undefined;
    return fitting.reduce((sum, { value }) => sum + value, 0);
  }
}

function read(line: string): Figure {
  const [, name = '', labels = '', value] = /^([\w:]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === '') throw new Error(`no figure: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, label, text]) => [label, text])),
    value: Number(value),
  };
}
