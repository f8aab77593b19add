/** `use-service prometheus-exporter`: the names and labels of HAProxy's, then ours under `headgate_`. Labels come from the configuration only. */
import type { Answer } from '../../model/answer.ts';
import type { ServingCounters } from '../../model/counters.ts';
import type { Row, RowKind } from '../columns.ts';
import { infoOf } from '../info.ts';
import { LATENCY_BOUNDS } from '../latency.ts';
import { rowsOf } from '../rows.ts';
import type { StatsView } from '../view.ts';
import { METRICS, PROCESS_METRICS } from './metrics.ts';
import { labelsOf, MetricsText } from '@headgate/shared/metrics/text';

const PREFIXES = { frontend: 'frontend', bind: 'listener', backend: 'backend', server: 'server' } as const;
/** What can be asked for by itself. */
type Part = RowKind | 'process' | 'table';

const KINDS: readonly RowKind[] = ['frontend', 'bind', 'backend', 'server'];
/** `?scope=`: HAProxy's words for what is asked for; an empty one asks for nothing. */
const SCOPES: Readonly<Record<string, readonly Part[]>> = {
  '': [],
  global: ['process'],
  frontend: ['frontend'],
  listener: ['bind'],
  backend: ['backend'],
  server: ['server'],
  sticktable: ['table'],
  '*': ['process', ...KINDS, 'table'],
};
const CODES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] as const;
const SERVER_STATES = ['DOWN', 'UP', 'MAINT', 'DRAIN', 'NOLB'] as const;
const CHECK_STATES = [
  'HANA',
  'SOCKERR',
  'L4OK',
  'L4TOUT',
  'L4CON',
  'L6OK',
  'L6TOUT',
  'L6RSP',
  'L7TOUT',
  'L7RSP',
  'L7OK',
  'L7OKC',
  'L7STS',
  'PROCERR',
  'PROCTOUT',
  'PROCOK',
] as const;

/** `/metrics`, `/metrics?scope=frontend&scope=backend&no-maint`; 400 for a scope that does not exist. */
export function exporterAnswer(view: StatsView, target: string): Answer {
  const query = new URLSearchParams(target.split('?').slice(1).join('?'));
  const asked = query.getAll('scope');
  if (asked.some((one) => !Object.hasOwn(SCOPES, one)))
    return { status: 400, reason: 'Bad Request', headers: [['cache-control', 'no-cache']], body: '', close: false };
  const scope = new Set((asked.length === 0 ? ['*'] : asked).flatMap((one) => SCOPES[one] ?? []));
  return {
    status: 200,
    reason: 'OK',
    headers: [
      ['cache-control', 'no-cache'],
      ['content-type', 'text/plain; version=0.0.4'],
    ],
    body: metricsText(view, (kind) => scope.has(kind), query.has('no-maint')),
    close: false,
  };
}

/** Everything, or what is wanted; `noMaint` leaves servers in maintenance out. */
export function metricsText(view: StatsView, wants: (kind: Part) => boolean, noMaint: boolean): string {
  const out = new MetricsText();
  const rows = rowsOf(view, { legends: false }).filter(
    ({ kind, values }) => !(noMaint && kind === 'server' && String(values['status']).startsWith('MAINT')),
  );
  if (wants('process')) {
    processMetrics(out, view);
    ownProcessMetrics(out, view);
    certificates(out, view);
  }
  for (const kind of KINDS) if (wants(kind)) rowMetrics(out, kind, rows);
  if (wants('table')) tables(out, view);
  if (wants('backend')) sums(out, rows);
  if (wants('frontend')) frontendTunnels(out, view);
  if (wants('backend')) ownServing(out, 'backend', servingOf(view, false));
  if (wants('server')) ownServing(out, 'server', servingOf(view, true));
  return out.text;
}

function processMetrics(out: MetricsText, view: StatsView): void {
  const values = new Map(infoOf(view).map(({ name, value }) => [name, value]));
  for (const [name, type, field, help] of PROCESS_METRICS) {
    const full = `haproxy_process_${name}`;
    out.begin(full, type, help);
    out.add(full, '', Number(values.get(field)));
  }
  out.begin('haproxy_process_build_info', 'gauge', 'The version of the program.');
  out.add('haproxy_process_build_info', labelsOf({ version: view.process.version }), 1);
}

function rowMetrics(out: MetricsText, kind: RowKind, rows: readonly Row[]): void {
  const prefix = `haproxy_${PREFIXES[kind]}_`;
  const own = rows.filter((row) => row.kind === kind).map((row) => ({ row, labels: labelsFor(row) }));
  if (own.length === 0) return;
  for (const { name, type, column, help, ms } of METRICS[kind]) {
    out.begin(prefix + name, type, help);
    for (const { row, labels } of own) {
      const value = row.values[column];
      const number = value === undefined ? undefined : Number(value);
      // An average and a code of a check exist only where there was one, as in HAProxy.
      if (number === undefined && column.startsWith('check_')) continue;
      out.add(prefix + name, labelsOf(labels), ms === true && number !== undefined ? number / 1000 : number);
    }
  }
  states(out, kind, prefix, own);
  if (kind === 'bind') return;
  out.begin(`${prefix}http_responses_total`, 'counter', 'Responses by the first digit of their status.');
  for (const { row, labels } of own)
    for (const code of CODES)
      out.add(`${prefix}http_responses_total`, labelsOf({ ...labels, code }), Number(row.values[`hrsp_${code}`]));
}

interface Labelled {
  readonly row: Row;
  readonly labels: Readonly<Record<string, string>>;
}

/** One series for each state, 1 for the one that it is. */
function states(out: MetricsText, kind: RowKind, prefix: string, own: readonly Labelled[]): void {
  const known =
    kind === 'server'
      ? SERVER_STATES
      : kind === 'bind'
        ? (['WAITING', 'OPEN', 'FULL'] as const)
        : (['DOWN', 'UP'] as const);
  out.begin(`${prefix}status`, 'gauge', 'The state: 1 for the one it is in.');
  for (const { row, labels } of own)
    for (const state of known)
      out.add(`${prefix}status`, labelsOf({ ...labels, state }), stateOf(row) === state ? 1 : 0);
  if (kind === 'server') {
    out.begin(`${prefix}check_status`, 'gauge', 'The result of the last check: 1 for the one it was.');
    for (const { row, labels } of own)
      for (const state of row.values['check_status'] === undefined ? [] : CHECK_STATES)
        out.add(`${prefix}check_status`, labelsOf({ ...labels, state }), row.values['check_status'] === state ? 1 : 0);
  }
}

/** How many servers of each backend are in each state. */
function sums(out: MetricsText, rows: readonly Row[]): void {
  const backends = rows.filter(({ kind }) => kind === 'backend');
  const count = (name: string, help: string, known: readonly string[], state: (server: Row) => unknown): void => {
    if (backends.length === 0) return;
    const full = `haproxy_backend_agg_${name}`;
    out.begin(full, 'gauge', help);
    for (const { proxyId, values } of backends) {
      const servers = rows.filter((row) => row.kind === 'server' && row.proxyId === proxyId);
      for (const one of known) {
        const labels = labelsOf({ proxy: String(values['pxname']), state: one });
        out.add(full, labels, servers.filter((server) => state(server) === one).length);
      }
    }
  };
  count('server_status', 'Servers in each state.', SERVER_STATES, stateOf);
  count('server_check_status', 'Servers in each state: the old name of agg_server_status.', SERVER_STATES, stateOf);
  count(
    'check_status',
    'Servers by the result of their last check.',
    CHECK_STATES,
    ({ values }) => values['check_status'],
  );
}

function tables(out: MetricsText, { tables: all }: StatsView): void {
  if (all.length === 0) return;
  for (const [name, help] of [
    ['size', 'Keys that the stick table has room for.'],
    ['used', 'Keys in the stick table.'],
  ] as const) {
    out.begin(`haproxy_sticktable_${name}`, 'gauge', help);
    for (const table of all)
      out.add(`haproxy_sticktable_${name}`, labelsOf({ name: table.name, type: table.type }), table[name]);
  }
}

function stateOf({ kind, values }: Row): string {
  const status = String(values['status']);
  if (kind === 'frontend') return 'UP';
  if (kind !== 'server') return status;
  if (status.startsWith('MAINT')) return 'MAINT';
  if (status.startsWith('DRAIN')) return 'DRAIN';
  return status.startsWith('DOWN') ? 'DOWN' : 'UP';
}

function labelsFor({ kind, values }: Row): Readonly<Record<string, string>> {
  const proxy = String(values['pxname']);
  if (kind === 'server') return { proxy, server: String(values['svname']) };
  return kind === 'bind' ? { proxy, listener: String(values['svname']) } : { proxy };
}

// ---- ours --------------------------------------------------------------------------------------

function ownProcessMetrics(out: MetricsText, { process, now }: StatsView): void {
  const { loopDelay, reloads } = process;
  const one = (name: string, type: 'counter' | 'gauge', help: string, value: number): void => {
    out.begin(`headgate_${name}`, type, help);
    out.add(`headgate_${name}`, '', value);
  };
  one(
    'waiting_connections',
    'gauge',
    'Connections that are accepted and wait for a place among those served.',
    process.waiting,
  );
  one('memory_bytes', 'gauge', 'Memory of the process (resident set).', process.memory);
  one('uptime_seconds', 'gauge', 'Seconds since the start.', (now - process.started) / 1000);
  out.begin('headgate_reloads_total', 'counter', 'Configurations that replaced one, and those that were refused.');
  out.add('headgate_reloads_total', labelsOf({ result: 'applied' }), reloads.done);
  out.add('headgate_reloads_total', labelsOf({ result: 'refused' }), reloads.failed);
  one('last_reload_timestamp_seconds', 'gauge', 'When the configuration of now was put into effect.', reloads.lastAt);
  one(
    'event_loop_busy_ratio',
    'gauge',
    'Share of the time in which the event loop had something to do.',
    1 - process.idle,
  );
  if (loopDelay === undefined) return;
  out.begin(
    'headgate_event_loop_delay_seconds',
    'gauge',
    'By how much the event loop was late in the last ten seconds.',
  );
  for (const [stat, value] of [
    ['mean', loopDelay.mean],
    ['p99', loopDelay.p99],
    ['max', loopDelay.most],
  ] as const)
    out.add('headgate_event_loop_delay_seconds', labelsOf({ stat }), value);
}

/** What the terminator serves, where it is known. */
function certificates(out: MetricsText, { certificates: view }: StatsView): void {
  if (view === undefined) return;
  out.begin('headgate_terminator_up', 'gauge', 'Whether the terminator answered when it was asked last.');
  out.add('headgate_terminator_up', '', view.problem === undefined ? 1 : 0);
  const name = 'headgate_certificate_expiry_timestamp_seconds';
  out.begin(name, 'gauge', 'When the certificate expires, in seconds since 1970.');
  const seen = new Set<string>();
  for (const { service, file, notAfter } of view.list) {
    const labels = labelsOf({ service, file });
    // A file may hold several: the first to expire counts, and a series may appear only once.
    if (!seen.has(labels)) out.add(name, labels, notAfter / 1000);
    seen.add(labels);
  }
}

interface Serving {
  readonly labels: Readonly<Record<string, string>>;
  readonly counters: ServingCounters;
}

function servingOf({ proxies }: StatsView, servers: boolean): readonly Serving[] {
  return proxies.flatMap(({ name: proxy, backend }) => {
    if (backend === undefined) return [];
    if (!servers) return [{ labels: { proxy }, counters: backend.counters }];
    return backend.servers.map(({ config, counters }) => ({ labels: { proxy, server: config.name }, counters }));
  });
}

function ownServing(out: MetricsText, kind: 'backend' | 'server', all: readonly Serving[]): void {
  if (all.length === 0) return;
  tunnels(out, `headgate_${kind}`, all);
  const name = `headgate_${kind}_response_seconds`;
  out.begin(
    name,
    'histogram',
    'From the complete request to the head of the response: in the queue, connecting, answering.',
  );
  for (const { labels, counters } of all) {
    const { counts, sum } = counters.latency;
    let total = 0;
    for (const [index, value] of counts.entries()) {
      total += value;
      const bound = LATENCY_BOUNDS[index];
      out.add(
        `${name}_bucket`,
        labelsOf({ ...labels, le: bound === undefined ? '+Inf' : String(bound / 1000) }),
        total,
      );
    }
    out.add(`${name}_sum`, labelsOf(labels), sum / 1000);
    out.add(`${name}_count`, labelsOf(labels), total);
  }
}

function frontendTunnels(out: MetricsText, { proxies }: StatsView): void {
  const all = proxies.flatMap(({ name: proxy, frontend }) =>
    frontend === undefined ? [] : [{ labels: { proxy }, counters: frontend.counters }],
  );
  tunnels(out, 'headgate_frontend', all);
}

function tunnels(
  out: MetricsText,
  prefix: string,
  all: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly counters: Pick<ServingCounters, 'tunnels' | 'tunnelsTotal' | 'tunnelsLimited'>;
  }[],
): void {
  if (all.length === 0) return;
  out.begin(`${prefix}_tunnels`, 'gauge', 'Tunnels open now: WebSockets and CONNECT.');
  for (const { labels, counters } of all) out.add(`${prefix}_tunnels`, labelsOf(labels), counters.tunnels);
  out.begin(`${prefix}_tunnels_opened_total`, 'counter', 'Tunnels so far.');
  for (const { labels, counters } of all)
    out.add(`${prefix}_tunnels_opened_total`, labelsOf(labels), counters.tunnelsTotal);
  out.begin(`${prefix}_tunnels_limited_total`, 'counter', 'WebSockets ended because they exceeded their limits.');
  for (const { labels, counters } of all)
    out.add(`${prefix}_tunnels_limited_total`, labelsOf(labels), counters.tunnelsLimited);
}
