import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { processMetrics } from '../../app/ops/metrics/registry.ts';
import { METRICS } from '../../app/ops/metrics/table.ts';
import { dashboard } from '../../scripts/lib/dashboard.mjs';
import { metricsPage } from '../../scripts/lib/metrics-page.mjs';
import { Figures } from '../support/figures.ts';
import { ROOT } from '../support/process.ts';
import { metricOf, metricsIn } from '../support/promql.ts';
import { Service } from '../support/service.ts';

const fileOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

let service: Service;
/** What a server that runs really has. */
let there: readonly string[];

beforeAll(async () => {
  service = await Service.start({ METRICS_PORT: '0' }, 1);
  there = (await Figures.of(service.nodes[0]?.metricsPort)).names;
});

afterAll(() => service.stop());

const own = () => there.filter((name) => name.startsWith('signaling_'));

/** Of Prometheus itself: whether it could ask. */
const OF_PROMETHEUS = ['up'];

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; remedy: string };
}

const rules = (): Rule[] =>
  parse(fileOf('deploy/alerts.yml')).groups.flatMap((group: { rules: Rule[] }) => group.rules);

const panels = (): { title: string; targets?: { expr: string }[] }[] =>
  JSON.parse(fileOf('deploy/grafana.json')).panels;

const shown = (): string[] =>
  panels().flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr)));

describe('docs/METRICS.md', () => {
  it('METRIC-4 is what `npm run docs` writes', async () => {
    expect(fileOf('docs/METRICS.md')).toBe(metricsPage(METRICS, await processMetrics()));
  });

  it('METRIC-4 names every metric that there is, and no other', () => {
    const named = fileOf('docs/METRICS.md').matchAll(/^\| `(\w+)` \|/gm);
    expect([...named].map(([, name]) => name).sort()).toEqual([...there].sort());
  });
});

describe('deploy/grafana.json', () => {
  it('METRIC-4 is what `npm run docs` writes', () => {
    expect(fileOf('deploy/grafana.json')).toBe(dashboard());
  });

  it('METRIC-4 shows no metric that there is not', () => {
    expect(shown().filter((name) => !there.includes(metricOf(name)))).toEqual([]);
  });

  it('METRIC-4 shows every metric of the server', () => {
    const known = new Set(shown().map(metricOf));
    expect(own().filter((name) => !known.has(name))).toEqual([]);
  });

  it('METRIC-4 has no two panels of one title, nor one on top of another', () => {
    const titles = panels().map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
    const places = panels().map((panel) => JSON.stringify((panel as { gridPos?: object }).gridPos));
    expect(new Set(places).size).toBe(places.length);
  });
});

describe('deploy/alerts.yml', () => {
  it('METRIC-4 asks for no metric that there is not', () => {
    const asked = rules().flatMap(({ expr }) => metricsIn(expr));
    expect(asked.length).toBeGreaterThan(10);
    const strange = asked.filter(
      (name) => !there.includes(metricOf(name)) && !OF_PROMETHEUS.includes(name),
    );
    expect(strange).toEqual([]);
  });

  it('METRIC-4 says for each rule how urgent it is, what is wrong and what to do', () => {
    for (const { alert, labels, annotations } of rules()) {
      expect(alert).toMatch(/^Signaling[A-Z]/);
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations).toEqual({ summary: expect.any(String), remedy: expect.any(String) });
    }
  });

  it('METRIC-4 gives labels only values that they can have', () => {
    const values = new Map(
      Object.values(METRICS).flatMap(({ name, labels }) =>
        labels.map((label) => [`${name} ${label.name}`, label.values as readonly string[]]),
      ),
    );
    const everywhere = [
      ...rules().map(({ expr }) => expr),
      ...panels().flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ];
    const selectors = everywhere.flatMap((expr) => [...expr.matchAll(/(\w+)\{([^}]*)\}/g)]);
    const strange = selectors.flatMap(([, metric = '', inside = '']) =>
      [...inside.matchAll(/(\w+)[!=~]+"([^"]*)"/g)].flatMap(([, label, text = '']) => {
        if (label === 'job') return [];
        const known = values.get(`${metricOf(metric)} ${label}`);
        return text.split('|').filter((value) => !known?.includes(value));
      }),
    );
    expect(selectors.length).toBeGreaterThan(10);
    expect(strange).toEqual([]);
  });
});
