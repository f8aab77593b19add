/** What the page shows of each frontend, bind, server and backend: texts of cells, the same for its first delivery and for its updates. */
import type { BackendState, ServerState } from '../../model/backend.ts';
import type { LatencyCounter, ResponseClasses, ServingCounters, TrafficCounters } from '../../model/counters.ts';
import { CHECK_DESCRIPTIONS } from '../check-status.ts';
import type { History } from '../history.ts';
import { LATENCY_BOUNDS, quantile } from '../latency.ts';
import { throttleOf } from '../check-values.ts';
import { addressOf, bindName } from '../rows.ts';
import { serverStatus } from '../server-status.ts';
import type { BindView, FrontendView, ProxyView } from '../view.ts';
import { bytes, count, duration, latencyText } from './numbers.ts';

/** How a state is coloured; the text says it too. */
export type Tone = 'up' | 'warn' | 'down' | 'off' | 'calm';

/** A text, smaller ones below it, and a colour for the first. */
export interface Cell {
  readonly main: string;
  readonly sub?: readonly string[];
  readonly tone?: Tone;
}

export const CELLS = [
  'status',
  'queue',
  'sessions',
  'rate',
  'requests',
  'responses',
  'latency',
  'traffic',
  'errors',
  'check',
] as const;
export type CellName = (typeof CELLS)[number];

/** One line of a proxy's table. */
export interface Line {
  readonly kind: 'frontend' | 'bind' | 'server' | 'backend';
  readonly name: string;
  readonly note: string | undefined;
  readonly cells: Readonly<Partial<Record<CellName, Cell>>>;
  /** Of servers: what the operator wants now, for the buttons of `stats admin`. */
  readonly wish?: ServerState['administrative'];
  readonly weight?: number;
  readonly down: boolean;
}

export interface Shown {
  readonly now: number;
  readonly legends: boolean;
  readonly history: History;
}

export function linesOf({ frontend, backend }: ProxyView, shown: Shown): readonly Line[] {
  const lines: Line[] = [];
  if (frontend !== undefined) {
    lines.push(frontendLine(frontend, shown));
    if (frontend.config.socketStats)
      lines.push(...frontend.binds.map((bind, index) => bindLine(bind, index, shown.legends)));
  }
  // The page's own `listen` has no servers: there is nothing to say of its backend.
  if (backend !== undefined && (frontend === undefined || backend.servers.length > 0)) {
    lines.push(...backend.servers.map((server) => serverLine(server, shown)));
    lines.push(backendLine(backend, shown));
  }
  return lines;
}

const GATES: Readonly<Record<Exclude<FrontendView['gate'], 'open'>, Cell>> = {
  paused: { main: 'paused', tone: 'off' },
  stopped: { main: 'stopped', tone: 'down' },
};

function open(current: number, limit: number): Cell {
  return limit > 0 && current >= limit ? { main: 'full', tone: 'warn' } : { main: 'open', tone: 'up' };
}

function frontendLine({ counters, current, limit, config, gate }: FrontendView, { now }: Shown): Line {
  return {
    kind: 'frontend',
    name: 'Frontend',
    note: config.binds.length === 0 ? 'no bind' : undefined,
    down: false,
    cells: {
      status: gate === 'open' ? open(current, limit) : GATES[gate],
      sessions: sessions(current, counters.mostSessions, limit, counters.tunnels),
      rate: {
        main: `${count(counters.requestRate.read(now))}/s`,
        sub: [`max ${count(counters.requestRate.most)}/s`],
      },
      requests: {
        main: count(counters.requests),
        sub: some([
          [counters.intercepted, 'answered here'],
          [counters.connections, 'connections', 'connection'],
        ]),
      },
      responses: responses(counters.responses),
      traffic: traffic(counters),
      errors: problems([
        [counters.failedRequests, 'bad requests', 'bad request'],
        [counters.deniedRequests, 'denied'],
        [counters.deniedConnections, 'connections denied', 'connection denied'],
        [counters.internalErrors, 'internal'],
      ]),
    },
  };
}

function bindLine(bind: BindView, index: number, legends: boolean): Line {
  const { counters, current } = bind;
  const { maxconn } = bind.bind;
  return {
    kind: 'bind',
    name: bindName(bind, index),
    note: legends ? `${bind.address}${bind.bind.tls === undefined ? '' : ' · TLS'}` : undefined,
    down: false,
    cells: {
      status: open(current, maxconn),
      sessions: sessions(current, counters.mostSessions, maxconn, 0),
      traffic: traffic(counters),
      errors: problems([
        [counters.failedRequests, 'bad requests', 'bad request'],
        [counters.deniedRequests, 'denied'],
        [counters.deniedConnections, 'connections denied', 'connection denied'],
      ]),
    },
  };
}

function serverLine(server: ServerState, { now, legends, history }: Shown): Line {
  const { config, counters, current, queued, administrative, weight } = server;
  const status = serverStatus(server);
  const notes = [legends ? addressOf(server) : '', config.backup ? 'backup' : '', `weight ${weight}`];
  return {
    kind: 'server',
    name: config.name,
    note: notes.filter((note) => note !== '').join(' · '),
    wish: administrative,
    weight,
    down: status.startsWith('DOWN'),
    cells: {
      status: { main: status, sub: [...slowStart(server), duration(now - counters.changed)], tone: toneOf(status) },
      queue: {
        main: count(queued),
        ...(queued > 0 ? { tone: 'warn' as const } : {}),
        sub: [`max ${count(counters.mostQueued)}`],
      },
      sessions: sessions(current, counters.mostSessions, config.maxconn, counters.tunnels),
      ...serving(counters, now, history),
      check: check(server),
    },
  };
}

function backendLine(backend: BackendState, { now, history }: Shown): Line {
  const { counters, current, queued, servers, config } = backend;
  const usable = servers.filter((server) => server.usable && server.weight > 0).length;
  const up = servers.length === 0 || usable > 0;
  const tone = !up ? 'down' : usable < servers.length ? 'warn' : 'up';
  return {
    kind: 'backend',
    name: 'Backend',
    note: servers.length > 1 ? config.balance.name : undefined,
    down: !up,
    cells: {
      status: {
        main: up ? 'UP' : 'DOWN',
        sub: servers.length === 0 ? [] : [`${usable} of ${servers.length} usable`, duration(now - counters.changed)],
        tone: servers.length === 0 ? 'calm' : tone,
      },
      queue: {
        main: count(queued),
        ...(queued > 0 ? { tone: 'warn' as const } : {}),
        sub: [`max ${count(counters.mostQueued)}`],
      },
      sessions: sessions(current, counters.mostSessions, 0, counters.tunnels),
      ...serving(counters, now, history),
    },
  };
}

function serving(counters: ServingCounters, now: number, history: History): Line['cells'] {
  return {
    rate: { main: `${count(counters.sessionRate.read(now))}/s`, sub: [`max ${count(counters.sessionRate.most)}/s`] },
    requests: {
      main: count(counters.requests),
      sub: some([
        [counters.retries, 'retries', 'retry'],
        [counters.redispatches, 'sent elsewhere'],
        [counters.reuses, 'on open connections', 'on an open connection'],
      ]),
    },
    responses: responses(counters.responses),
    latency: latency(history.recent(counters.latency)),
    traffic: traffic(counters),
    errors: problems([
      [counters.failedConnections, 'not connected'],
      [counters.failedResponses, 'bad responses', 'bad response'],
      [counters.serverAborts, 'cut by server'],
      [counters.clientAborts, 'cut by client'],
      [counters.deniedResponses + counters.deniedRequests, 'denied'],
    ]),
  };
}

function slowStart(server: ServerState): readonly string[] {
  const throttle = throttleOf(server);
  return throttle === undefined ? [] : [`starting slowly, ${throttle} %`];
}

function check({ config, administrative, lastCheck, lastAgent, agentDown, counters, tracked }: ServerState): Cell {
  if (tracked !== undefined) return { main: 'tracks', sub: [tracked.key], tone: 'calm' };
  const last = config.check === undefined ? lastAgent : lastCheck;
  if (config.check === undefined && config.agent === undefined) return { main: 'none', tone: 'calm' };
  if (administrative === 'maint') return { main: 'at rest', tone: 'calm' };
  if (last === undefined) return { main: 'not yet', tone: 'calm' };
  const { status, code, info, duration: ms, passed } = last;
  const agent = agentDown && last !== lastAgent ? [lastAgent?.info ?? ''] : [];
  const sub = [`${Math.round(ms)} ms`, ...some([[counters.failedChecks, 'failed']])];
  return {
    main: `${status}${code === undefined ? '' : ` ${code}`}`,
    sub: [...(passed && last !== lastAgent ? [] : [info || CHECK_DESCRIPTIONS[status]]), ...agent, ...sub],
    tone: passed && !agentDown ? 'calm' : 'down',
  };
}

function sessions(current: number, most: number, limit: number, tunnels: number): Cell {
  const sub = [limit > 0 ? `max ${count(most)} of ${count(limit)}` : `max ${count(most)}`];
  if (tunnels > 0) sub.unshift(`${count(tunnels)} ${tunnels === 1 ? 'tunnel' : 'tunnels'}`);
  return { main: count(current), sub, ...(limit > 0 && current >= limit ? { tone: 'warn' as const } : {}) };
}

/** A class of responses that is worth a look comes first. */
function responses([other, one, two, three, four, five]: Readonly<ResponseClasses>): Cell {
  const all = [
    [one, '1xx'],
    [two, '2xx'],
    [three, '3xx'],
    [four, '4xx'],
    [five, '5xx'],
    [other, 'none'],
  ] as const;
  const total = all.reduce((sum, [value]) => sum + value, 0);
  const share = total === 0 ? 0 : five / total;
  const tone: Tone | undefined = share >= 0.1 ? 'down' : share >= 0.01 ? 'warn' : undefined;
  const shown = all.filter(([value]) => value > 0);
  const rank = ([, name]: (typeof shown)[number]): number => Number(tone !== undefined && name === '5xx');
  const [first = '–', ...sub] = shown
    .toSorted((one, other) => rank(other) - rank(one))
    .map(([value, name]) => `${name} ${count(value)}`);
  return { main: first, sub, ...(tone === undefined ? {} : { tone }) };
}

function latency(recent: LatencyCounter): Cell {
  const last = LATENCY_BOUNDS.at(-1) ?? 0;
  const p50 = quantile(recent, 0.5);
  if (p50 < 0) return { main: '–' };
  return {
    main: `≤ ${latencyText(p50, last)}`.replace('≤ >', '>'),
    sub: [`p99 ${latencyText(quantile(recent, 0.99), last)}`],
  };
}

function traffic({ bytesIn, bytesOut }: TrafficCounters): Cell {
  return { main: `↓ ${bytes(bytesIn)}`, sub: [`↑ ${bytes(bytesOut)}`] };
}

/** What is counted: one of it, and several. */
type Counted = readonly (readonly [value: number, several: string, one?: string])[];

function some(counted: Counted): readonly string[] {
  return counted
    .filter(([value]) => value > 0)
    .map(([value, several, one = several]) => `${count(value)} ${value === 1 ? one : several}`);
}

function problems(counted: Counted): Cell {
  const [first, ...rest] = some(counted);
  return first === undefined ? { main: '0' } : { main: first, sub: rest, tone: 'warn' };
}

function toneOf(status: string): Tone {
  if (status === 'UP') return 'up';
  if (status.startsWith('DOWN')) return 'down';
  if (status.startsWith('UP') || status.startsWith('DRAIN')) return 'warn';
  return status.startsWith('MAINT') ? 'off' : 'calm';
}
