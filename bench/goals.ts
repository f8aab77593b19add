import type { CaseName } from './cases.ts';
import type { ContenderName } from './contenders.ts';
import type { Metric } from './measure/sample.ts';

// Longer than other files because it is a list with one entry per goal.

interface Figure {
  readonly contender: ContenderName;
  readonly load: string;
  /** The row of a case that has one contender more than once. */
  readonly row?: string;
}

/** A ratio of two figures of one case, with its limit and its target. */
export interface Goal {
  readonly title: string;
  readonly case: CaseName;
  readonly metric: Metric;
  readonly ours: Figure;
  readonly theirs: Figure;
  /** The limit; undefined where it is only measured. */
  readonly floor: number | undefined;
  readonly aim: number;
  readonly better: 'lower' | 'higher';
  /** The same ratio for other programs, to separate our share from the platform's. */
  readonly others?: readonly { readonly title: string; readonly ours: Figure; readonly theirs: Figure }[];
}

const figure =
  (load: string) =>
  (contender: ContenderName): Figure => ({ contender, load });
const at64 = figure('64 connections');
const at1000 = figure('1000 connections');
const bodies = figure('one after the other');
const started = figure('start');
const tunnels = figure('500 tunnels');
const silent = figure('silent tunnels');
const full = figure('full handshake');

const KEYS = { 'handshakes-rsa': 'RSA-2048', 'handshakes-ec': 'EC P-256' } as const;

function handshakes(other: ContenderName): Omit<Goal, 'title' | 'case'> {
  return {
    metric: 'perProcessorSecond',
    ours: full('terminator'),
    theirs: full(other),
    floor: 0.95,
    aim: 1.1,
    better: 'higher',
    others: [{ title: 'bare TLS in Node', ours: full('tls-pipe'), theirs: full(other) }],
  };
}

function toHaproxy(name: CaseName, load: typeof at64, floor: number, aim: number): Omit<Goal, 'title'> {
  return { case: name, metric: 'cost', ours: load('router'), theirs: load('haproxy'), floor, aim, better: 'lower' };
}

/** What a program that only forwards bytes achieves on the same interfaces. */
function bare(contender: ContenderName, title: string, theirs: Figure): NonNullable<Goal['others']> {
  return [{ title, ours: at64(contender), theirs }];
}

const LOGS = { udp: 'log over UDP', stdout: 'log stdout' } as const;

function accessLog(kind: keyof typeof LOGS, floor: number | undefined): Goal {
  const ratioOf = (contender: ContenderName, title: string): Pick<Goal, 'ours' | 'theirs'> => ({
    ours: { ...at64(contender), row: `${title}, ${LOGS[kind]}` },
    theirs: at64(contender),
  });
  return {
    title: `router with access log ÷ without, ${LOGS[kind]}`,
    case: 'access-log',
    metric: 'cost',
    floor,
    aim: 1.05,
    better: 'lower',
    ...ratioOf('router', 'router'),
    others: [{ title: 'HAProxy', ...ratioOf('haproxy', 'HAProxy') }],
  };
}

export const goals: readonly Goal[] = [
  {
    ...toHaproxy('small', at64, 1.3, 1.1),
    title: "router ÷ HAProxy, requests like a browser's, 64 connections",
    others: bare('pipe', 'a bare pipe in Node', at64('haproxy')),
  },
  {
    ...toHaproxy('small', at1000, 1.3, 1.1),
    title: "router ÷ HAProxy, requests like a browser's, 1000 connections",
  },
  {
    ...toHaproxy('small', at1000, 1.3, 1),
    title: "router ÷ HAProxy, requests like a browser's, 1000 connections",
    metric: 'p99',
    floor: undefined,
  },
  { ...toHaproxy('small-api', at64, 1.3, 1.1), title: "router ÷ HAProxy, requests like an API client's" },
  { ...toHaproxy('small-bare', at64, 1.3, 1.1), title: 'router ÷ HAProxy, requests with Host alone' },
  {
    ...toHaproxy('applications', at64, 0.4, 0.15),
    title: 'router ÷ HAProxy, 1,000 applications, the same rules',
    ours: at64('router-applications'),
    theirs: at64('haproxy-applications'),
    others: [{ title: 'HAProxy with a map', ours: at64('haproxy-map'), theirs: at64('haproxy-applications') }],
  },
  {
    ...toHaproxy('applications', at64, 1.3, 1.1),
    title: 'router with 1,000 applications ÷ with two',
    ours: at64('router-applications'),
    theirs: at64('router-two'),
    others: [
      { title: 'HAProxy with 1,000 in a map ÷ with two', ours: at64('haproxy-map'), theirs: at64('haproxy-two') },
    ],
  },
  {
    ...toHaproxy('limits', at64, 1.3, 1.1),
    title: 'router ÷ HAProxy, each with a rate limit per client',
    ours: at64('router-limit'),
    theirs: at64('haproxy-limit'),
    others: [{ title: 'HAProxy with ÷ without', ours: at64('haproxy-limit'), theirs: at64('haproxy') }],
  },
  {
    ...toHaproxy('limits', at64, 1.1, 1.05),
    title: 'router with a rate limit ÷ without',
    ours: at64('router-limit'),
    theirs: at64('router'),
  },
  {
    ...toHaproxy('edits', at64, 1.15, 1.1),
    title: 'router ÷ HAProxy, each with ten edits of heads',
    ours: at64('router-edits'),
    theirs: at64('haproxy-edits'),
    others: [{ title: 'HAProxy with ÷ without', ours: at64('haproxy-edits'), theirs: at64('haproxy') }],
  },
  { ...toHaproxy('httpclose', at64, 1.9, 1.5), title: 'router ÷ HAProxy, option httpclose' },
  { ...toHaproxy('up-100m', bodies, 1.3, 1), title: 'router ÷ HAProxy, requests of 100 MB' },
  {
    title: 'router ÷ http-proxy with a keep-alive agent, small answers',
    case: 'small',
    metric: 'cost',
    ours: at64('router'),
    theirs: at64('http-proxy'),
    floor: 1 / 7,
    aim: 0.1,
    better: 'lower',
  },
  {
    title: 'pipeline ÷ stunnel + HAProxy, small answers over TLS',
    case: 'small-pipeline',
    metric: 'cost',
    ours: at64('pipeline'),
    theirs: at64('stunnel+haproxy'),
    floor: 0.85,
    aim: 0.6,
    better: 'lower',
  },
  {
    title: 'terminator ÷ stunnel, small answers over TLS',
    case: 'small-tls',
    metric: 'cost',
    ours: at64('terminator'),
    theirs: at64('stunnel'),
    floor: 0.65,
    aim: 0.5,
    better: 'lower',
    others: bare('tls-pipe', 'bare TLS in Node', at64('stunnel')),
  },
  {
    title: 'terminator ÷ hitch, small answers over TLS',
    case: 'small-tls',
    metric: 'cost',
    ours: at64('terminator'),
    theirs: at64('hitch'),
    floor: 1.4,
    aim: 1,
    better: 'lower',
    others: bare('tls-pipe', 'bare TLS in Node', at64('hitch')),
  },
  {
    title: 'router ÷ HAProxy, answers of 100 MB',
    case: 'down-100m',
    metric: 'rate',
    ours: bodies('router'),
    theirs: bodies('haproxy'),
    floor: 0.7,
    aim: 1,
    better: 'higher',
  },
  {
    title: 'router ÷ HAProxy without splice, 100 MB in mode tcp',
    case: 'tcp-bulk',
    metric: 'rate',
    ours: bodies('router-tcp'),
    theirs: bodies('haproxy-tcp'),
    floor: 1,
    aim: 1.1,
    better: 'higher',
  },
  {
    ...toHaproxy('tcp-connections', at64, 1.5, 1.2),
    title: 'router ÷ HAProxy, connections in mode tcp',
    ours: at64('router-tcp'),
    theirs: at64('haproxy-tcp'),
  },
  {
    title: 'terminator ÷ stunnel, answers of 100 MB',
    case: 'down-100m',
    metric: 'rate',
    ours: bodies('terminator'),
    theirs: bodies('stunnel'),
    floor: 0.7,
    aim: 1,
    better: 'higher',
  },
  {
    title: 'pipeline ÷ stunnel + HAProxy, WebSocket messages',
    case: 'websocket',
    metric: 'cost',
    ours: tunnels('pipeline'),
    theirs: tunnels('stunnel+haproxy'),
    floor: 0.9,
    aim: 0.6,
    better: 'lower',
  },
  ...(['handshakes-rsa', 'handshakes-ec'] as const).flatMap((name) => [
    { ...handshakes('stunnel'), title: `terminator ÷ stunnel, full handshakes, ${KEYS[name]}`, case: name },
    { ...handshakes('hitch'), title: `terminator ÷ hitch, full handshakes, ${KEYS[name]}`, case: name },
  ]),
  {
    title: 'pipeline ÷ stunnel + HAProxy, each silent wss:// connection',
    case: 'idle',
    metric: 'memory',
    ours: silent('pipeline'),
    theirs: silent('stunnel+haproxy'),
    floor: undefined,
    aim: 1,
    better: 'lower',
  },
  {
    title: 'router at 1000 connections ÷ at 64',
    case: 'small',
    metric: 'cost',
    ours: at1000('router'),
    theirs: at64('router'),
    floor: 1.2,
    aim: 1,
    better: 'lower',
    others: (
      [
        ['HAProxy', 'haproxy'],
        ['nginx', 'nginx'],
        ['bare pipe', 'pipe'],
      ] as const
    ).map(([title, name]) => ({ title, ours: at1000(name), theirs: at64(name) })),
  },
  {
    title: 'pipeline ÷ stunnel + HAProxy, at rest',
    case: 'start',
    metric: 'resident',
    ours: started('pipeline'),
    theirs: started('stunnel+haproxy'),
    floor: undefined,
    aim: 4.4,
    better: 'lower',
  },
  accessLog('udp', 1.15),
  accessLog('stdout', 1.15),
  {
    title: 'router with statistics and metrics ÷ without',
    case: 'metrics',
    metric: 'cost',
    ours: { ...at64('router'), row: 'router, watched' },
    theirs: at64('router'),
    floor: 1.05,
    aim: 1.02,
    better: 'lower',
    others: [{ title: 'HAProxy', ours: { ...at64('haproxy'), row: 'HAProxy, watched' }, theirs: at64('haproxy') }],
  },
];
