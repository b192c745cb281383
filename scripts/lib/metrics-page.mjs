/**
 * @typedef {object} Described
 * @property {string} name
 * @property {string} help
 * @property {string} [kind]
 * @property {string} [type]
 * @property {readonly number[]} [bounds]
 * @property {readonly { name: string, values: readonly string[], text?: string | undefined }[]} [labels]
 */

/**
 * docs/METRICS.md.
 *
 * @param {Readonly<Record<string, Described>>} metrics those of the server
 * @param {readonly Described[]} ofProcess those that prom-client adds
 */
export function metricsPage(metrics, ofProcess) {
  return `# Metrics

<!-- Written by \`npm run docs\` from app/ops/metrics/table.ts: change it there. -->

\`GET /metrics\` gives the figures of one node in the text form of Prometheus. Where it answers is for you to
say: with \`METRICS_PORT\` on a port of its own, to whoever reaches it (so keep that port in your network), with
\`OPERATOR_TOKEN\` on the server's own port, to whoever shows it:

\`\`\`yaml
scrape_configs:
  - job_name: signaling
    authorization: { credentials_file: /etc/prometheus/operator-token }
    static_configs: [{ targets: ['signaling.example.org'] }]
    scheme: https
\`\`\`

[deploy/grafana.json](../deploy/grafana.json) is a dashboard of them, to be imported into Grafana;
[deploy/alerts.yml](../deploy/alerts.yml) are rules for Prometheus, each with what to do. No figure has a label
with an id, an address or a word that a client chose.

With several nodes each counts its own: a consultation at the node that has its patient, a change at the node
where it was made. So sums over nodes are right, but for namespaces, which count at each node that has clients of theirs.
Waiting times and lengths are read off the [records](SPEC.md#records-of-consultations): with
\`CONSULTATION_DAYS=0\` there are none. What becomes of calls is what pages say: an indication, no proof.

## The server

| metric | kind | meaning | labels |
|---|---|---|---|
${Object.values(metrics).map(rowOf).join('\n')}

## The process

Those of [prom-client](https://github.com/siimon/prom-client), under the names that dashboards for Node.js know.

| metric | kind | meaning |
|---|---|---|
${ofProcess.map(({ name, type, help }) => `| \`${name}\` | ${type} | ${cell(help)} |`).join('\n')}
`;
}

/** How many values of a label are listed one by one. */
const LISTED = 9;

/** @param {Described} metric */
function rowOf({ name, kind, type, help, bounds, labels = [] }) {
  const within = bounds === undefined ? '' : ` Bounds: ${bounds.join(', ')} s.`;
  const ofLabels = labels.map(({ name: label, values, text }) => {
    const listed = values.map((value) => `\`${value}\``).join(', ');
    return `\`${label}\`: ${text ?? (values.length > LISTED ? `one of ${values.length} words` : listed)}`;
  });
  const meaning = cell(`${help}${within}`);
  return `| \`${name}\` | ${type ?? kind} | ${meaning} | ${ofLabels.join('; ')} |`;
}

/** @param {string} text */
const cell = (text) => text.replace(/[|*]/g, '\\$&').replace(/\n/g, ' ');
