/**
 * @typedef {object} Panel
 * @property {string} title
 * @property {string} [unit] In Grafana's words.
 * @property {'stat'} [type] One number instead of a graph.
 * @property {Readonly<Record<string, string>>} shows Legend → expression.
 */

/** @param {string} metric @param {number} share @param {string} [labels] @param {string} [over] */
const quantile = (metric, share, labels = '', over = '5m') =>
  `histogram_quantile(${share}, sum by (le) (rate(${metric}_bucket${labels}[${over}])))`;

/** @param {string} metric @param {string} [labels] @param {string} [over] */
const spread = (metric, labels, over) => ({
  median: quantile(metric, 0.5, labels, over),
  '99 of 100': quantile(metric, 0.99, labels, over),
});

/** @param {string} metric @param {string} label */
const rateBy = (metric, label) => ({
  [`{{${label}}}`]: `sum by (${label}) (rate(${metric}[5m]))`,
});

/** @param {string} metric @param {string} label */
const hourlyBy = (metric, label) => ({
  [`{{${label}}}`]: `sum by (${label}) (increase(${metric}[1h]))`,
});

/** @param {string} metric */
const byNode = (metric) => ({ '{{instance}}': `sum by (instance) (${metric})` });

/** The panels of the dashboard, row by row. @type {Readonly<Record<string, readonly Panel[]>>} */
export const ROWS = {
  Now: [
    { title: 'Nodes ready', type: 'stat', shows: { nodes: 'sum(signaling_ready)' } },
    {
      title: 'Patients waiting',
      type: 'stat',
      shows: { patients: 'sum(signaling_rooms{state=~"waiting|knocking"})' },
    },
    {
      title: 'Consultations',
      type: 'stat',
      shows: { rooms: 'sum(signaling_rooms{state=~"in-consultation|on-hold"})' },
    },
    {
      title: 'Clients without a connection',
      type: 'stat',
      shows: { clients: 'sum(signaling_lost_clients)' },
    },
    { title: 'Practices', type: 'stat', shows: { namespaces: 'sum(signaling_namespaces)' } },
    {
      title: 'Connections in all',
      type: 'stat',
      shows: { connections: 'sum(signaling_engine_connections)' },
    },
  ],
  'Waiting room and consultations': [
    { title: 'Rooms by state', shows: { '{{state}}': 'sum by (state) (signaling_rooms)' } },
    {
      title: 'Waiting until a doctor came',
      unit: 's',
      shows: spread('signaling_waiting_seconds', '{outcome="admitted"}', '1h'),
    },
    {
      title: 'Waiting until the patient was gone',
      unit: 's',
      shows: spread('signaling_waiting_seconds', '{outcome="unseen"}', '1h'),
    },
    {
      title: 'Length of consultations',
      unit: 's',
      shows: spread('signaling_consultation_seconds', '', '1h'),
    },
    {
      title: 'Ended in an hour, by why',
      shows: hourlyBy('signaling_consultations_ended_total', 'reason'),
    },
    {
      title: 'Nobody answered, nobody came back (in an hour)',
      shows: {
        'unanswered knocks': 'sum(increase(signaling_knocks_unanswered_total[1h]))',
        '{{role}} did not come back': 'sum by (role) (increase(signaling_windows_ended_total[1h]))',
      },
    },
  ],
  'Calls, as pages report them': [
    {
      title: 'Set up, of all that were tried',
      unit: 'percentunit',
      shows: {
        'set up':
          'sum(rate(signaling_calls_total{path!="none"}[1h])) / sum(rate(signaling_calls_total[1h]))',
        'relayed, of those set up':
          'sum(rate(signaling_calls_total{path="relayed"}[1h])) / sum(rate(signaling_calls_total{path!="none"}[1h]))',
      },
    },
    {
      title: 'Until the first picture or sound',
      unit: 's',
      shows: spread('signaling_first_media_seconds', '', '1h'),
    },
    {
      title: 'How they mostly were, in an hour',
      shows: {
        '{{quality}}': 'sum by (quality) (increase(signaling_calls_total{quality!="unknown"}[1h]))',
      },
    },
  ],
  'Who is connected': [
    {
      title: 'Connections',
      shows: { '{{role}} by {{transport}}': 'sum by (role, transport) (signaling_connections)' },
    },
    {
      title: 'Ended a second, by why',
      unit: 'ops',
      shows: rateBy('signaling_disconnects_total', 'reason'),
    },
    { title: 'Resumes a second', unit: 'ops', shows: rateBy('signaling_resumes_total', 'result') },
    { title: 'Cut by the server', unit: 'ops', shows: rateBy('signaling_kicks_total', 'reason') },
    {
      title: 'Not let in',
      unit: 'ops',
      shows: {
        ...rateBy('signaling_refused_total', 'reason'),
        'before it began: {{reason}}': 'sum by (reason) (rate(signaling_turned_away_total[5m]))',
      },
    },
    {
      title: 'Tokens refused, and too much of something',
      unit: 'ops',
      shows: {
        ...rateBy('signaling_token_errors_total', 'code'),
        'too many {{limit}}': 'sum by (limit) (rate(signaling_rate_limited_total[5m]))',
      },
    },
  ],
  Messages: [
    { title: 'Events a second', unit: 'ops', shows: rateBy('signaling_events_total', 'event') },
    {
      title: 'Events that failed',
      unit: 'ops',
      shows: {
        '{{result}}': 'sum by (result) (rate(signaling_events_total{result!~"ok|held"}[5m]))',
      },
    },
    {
      title: 'Relaying, inside the server',
      unit: 's',
      shows: spread('signaling_relay_seconds', '{delivered="now"}'),
    },
    { title: 'All other events', unit: 's', shows: spread('signaling_change_seconds') },
    { title: 'HTTP', unit: 'reqps', shows: rateBy('signaling_http_requests_total', 'status') },
    {
      title: 'Time to answer over HTTP',
      unit: 's',
      shows: spread('signaling_http_request_seconds'),
    },
  ],
  'Store and other nodes': [
    {
      title: 'Store, 99 of 100',
      unit: 's',
      shows: {
        reads: quantile('signaling_store_seconds', 0.99, '{kind="read"}'),
        writes: quantile('signaling_store_seconds', 0.99, '{kind="write"}'),
      },
    },
    {
      title: 'What failed of the server’s own',
      unit: 'ops',
      shows: {
        'a fault, in a {{where}}': 'sum by (where) (rate(signaling_faults_total[5m]))',
        'the store, {{operation}}': 'sum by (operation) (rate(signaling_store_errors_total[5m]))',
        'audit trail': 'sum(rate(signaling_audit_faults_total[5m]))',
      },
    },
    { title: 'Webhooks, an hour', shows: hourlyBy('signaling_webhooks_total', 'outcome') },
    { title: 'Redis reached', shows: byNode('signaling_redis_up') },
    {
      title: 'Between nodes, 99 of 100',
      unit: 's',
      shows: {
        'a turn': quantile('signaling_turn_seconds', 0.99),
        'an answer': quantile('signaling_bus_seconds', 0.99),
      },
    },
    {
      title: 'Questions to other nodes',
      unit: 'ops',
      shows: rateBy('signaling_bus_questions_total', 'outcome'),
    },
    {
      title: 'Questions that wait, came late or never',
      shows: {
        'wait at {{instance}}': 'sum by (instance) (signaling_bus_waiting)',
        'late at {{instance}}': 'sum by (instance) (increase(signaling_bus_expired_total[5m]))',
        'lost at {{instance}}': 'sum by (instance) (increase(signaling_bus_lost_total[5m]))',
      },
    },
  ],
  'The process': [
    {
      title: 'Delay of the event loop, 99 of 100',
      unit: 's',
      shows: byNode('nodejs_eventloop_lag_p99_seconds'),
    },
    { title: 'CPU', unit: 'percentunit', shows: byNode('rate(process_cpu_seconds_total[5m])') },
    {
      title: 'Memory',
      unit: 'bytes',
      shows: {
        'heap of {{instance}}': 'sum by (instance) (nodejs_heap_size_used_bytes)',
        'all of {{instance}}': 'sum by (instance) (process_resident_memory_bytes)',
      },
    },
    {
      title: 'Messages that clients do not take',
      shows: {
        'all, {{instance}}': 'sum by (instance) (signaling_send_queue_messages)',
        'for one, {{instance}}': 'sum by (instance) (signaling_send_queue_longest)',
      },
    },
    {
      title: 'Bytes that have not left',
      unit: 'bytes',
      shows: byNode('signaling_send_queue_bytes'),
    },
    { title: 'Open files', shows: byNode('process_open_fds') },
  ],
};
