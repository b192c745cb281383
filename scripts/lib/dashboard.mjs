import { ROWS } from './dashboard-panels.mjs';

const COLUMNS = 3;
const GRID = { wide: 24, panel: 8, stat: 4, high: 7, low: 4 };
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in
const datasource = { type: 'prometheus', uid: '${datasource}' };

/** deploy/grafana.json: one row of Grafana after the other, each with its panels. */
export function dashboard() {
  /** @type {object[]} */
  const panels = [];
  let y = 0;
  for (const [title, row] of Object.entries(ROWS)) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title,
      collapsed: false,
      panels: [],
      gridPos: { x: 0, y, w: GRID.wide, h: 1 },
    });
    y += 1;
    const isStats = row.every(({ type }) => type === 'stat');
    const [w, h] = isStats ? [GRID.stat, GRID.low] : [GRID.panel, GRID.high];
    const columns = isStats ? GRID.wide / GRID.stat : COLUMNS;
    row.forEach((panel, at) => {
      const place = { x: (at % columns) * w, y: y + Math.floor(at / columns) * h, w, h };
      panels.push({ id: panels.length + 1, ...panelOf(panel), gridPos: place });
    });
    y += Math.ceil(row.length / columns) * h;
  }
  const about = {
    uid: 'telemedicine-signaling',
    title: 'Telemedicine signaling',
    tags: ['telemedicine'],
    description: 'Written by `npm run docs` from scripts/lib/dashboard.mjs: change it there.',
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    editable: true,
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }],
    },
    panels,
  };
  return `${JSON.stringify(about, null, 2)}\n`;
}

/** @param {import('./dashboard-panels.mjs').Panel} panel */
function panelOf({ title, unit = 'short', type, shows }) {
  const targets = Object.entries(shows).map(([legendFormat, expr], at) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + at),
    datasource,
    expr,
    legendFormat,
  }));
  const custom = type === 'stat' ? {} : { custom: { fillOpacity: 10, showPoints: 'never' } };
  return {
    title,
    type: type ?? 'timeseries',
    datasource,
    fieldConfig: { defaults: { unit, min: 0, ...custom }, overrides: [] },
    targets,
  };
}
