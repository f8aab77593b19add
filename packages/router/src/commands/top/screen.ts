/** What `top` shows, as lines of text: pure, from two samples and the size of the terminal. */
import { bytes, count } from '../../stats/page/numbers.ts';
import type { Sample, StatRow } from './sample.ts';

/** How a line, or a word in it, is to look. */
export type Look = 'plain' | 'title' | 'head' | 'good' | 'bad' | 'warning';

export interface Line {
  readonly text: string;
  readonly look: Look;
}

interface Column {
  readonly title: string;
  readonly width: number;
  readonly value: (row: StatRow, rates: Rates) => string;
}

/** Changes per second of a column of a row since the sample before. */
type Rates = (row: StatRow, column: string) => number;

/** The `type` of an address of a frontend (`option socket-stats`). */
const BIND = '3';

const FRONTENDS: readonly Column[] = [
  { title: 'STATUS', width: 9, value: (row) => row['status'] ?? '' },
  { title: 'CONN', width: 7, value: (row) => number(row['scur']) },
  { title: 'MAX', width: 7, value: (row) => number(row['slim'] === '0' ? '' : row['slim']) },
  {
    title: 'REQ/S',
    width: 8,
    // Requests are not counted by address.
    value: (row, rate) =>
      row['type'] === BIND ? '-' : perSecond(row['mode'] === 'tcp' ? rate(row, 'stot') : rate(row, 'req_tot')),
  },
  { title: 'IN/S', width: 9, value: (row, rate) => bytes(rate(row, 'bin')) },
  { title: 'OUT/S', width: 9, value: (row, rate) => bytes(rate(row, 'bout')) },
  { title: '4XX/S', width: 7, value: (row, rate) => perSecond(rate(row, 'hrsp_4xx')) },
  { title: '5XX/S', width: 7, value: (row, rate) => perSecond(rate(row, 'hrsp_5xx')) },
  { title: 'DENIED/S', width: 9, value: (row, rate) => perSecond(rate(row, 'dreq') + rate(row, 'dcon')) },
];

const SERVERS: readonly Column[] = [
  { title: 'STATUS', width: 9, value: (row) => row['status'] ?? '' },
  { title: 'CONN', width: 7, value: (row) => number(row['scur']) },
  { title: 'QUEUE', width: 7, value: (row) => number(row['qcur']) },
  { title: 'REQ/S', width: 8, value: (row, rate) => perSecond(rate(row, 'stot')) },
  { title: 'OUT/S', width: 9, value: (row, rate) => bytes(rate(row, 'bout')) },
  { title: '5XX/S', width: 7, value: (row, rate) => perSecond(rate(row, 'hrsp_5xx')) },
  { title: 'ERR/S', width: 7, value: (row, rate) => perSecond(rate(row, 'econ') + rate(row, 'eresp')) },
  { title: 'QUEUED', width: 8, value: (row) => time(row['qtime']) },
  { title: 'CONNECT', width: 8, value: (row) => time(row['ctime']) },
  { title: 'ANSWER', width: 8, value: (row) => time(row['rtime']) },
];

const NAME = 24;

/** The screen. `before`: the sample that rates are counted from; undefined for the first. */
export function screenOf(sample: Sample, before: Sample | undefined, columns: number): readonly Line[] {
  const rates = ratesSince(sample, before);
  const { rows } = sample;
  const front = rows.filter(({ svname }) => svname === 'FRONTEND');
  const binds = Map.groupBy(
    rows.filter(({ type }) => type === BIND),
    ({ pxname }) => pxname,
  );
  const back = rows.filter(({ svname, type }) => svname !== 'FRONTEND' && svname !== '' && type !== BIND);
  const named = Map.groupBy(back, ({ pxname }) => pxname);
  const lines = [
    ...summary(sample, rates, front),
    { text: '', look: 'plain' as const },
    heading('FRONTEND', FRONTENDS),
    ...front.flatMap((row) => [
      rowLine(row['pxname'] ?? '', row, FRONTENDS, rates),
      ...(binds.get(row['pxname']) ?? []).map((bind) => rowLine(`  ${bind['svname']}`, bind, FRONTENDS, rates)),
    ]),
    { text: '', look: 'plain' as const },
    heading('BACKEND / SERVER', SERVERS, sample.tunnels),
    ...[...named.values()].flatMap((group) => groupLines(group, rates, sample.tunnels)),
  ];
  return lines.map(({ text, look }) => ({ text: clip(text, columns), look }));
}

function summary({ info }: Sample, rates: Rates, frontends: readonly StatRow[]): readonly Line[] {
  const sum = (column: string): number => frontends.reduce((all, row) => all + rates(row, column), 0);
  const { Name = '', Version = '', Uptime = '', CurrConns = '0', Maxconn = '0', Stopping = '0' } = info;
  const state = Stopping === '0' ? '' : ', stopping';
  return [
    { text: `${Name} ${Version}, pid ${info['Pid'] ?? '?'}, up ${Uptime.trim()}${state}`, look: 'title' },
    {
      text:
        `connections ${number(CurrConns)} of ${number(Maxconn)}   ${number(info['ConnRate'])} new/s   ` +
        `${perSecond(sum('req_tot'))} requests/s   in ${bytes(sum('bin'))}/s   out ${bytes(sum('bout'))}/s   ` +
        `5xx ${perSecond(sum('hrsp_5xx'))}/s   idle ${info['Idle_pct'] ?? '?'} %`,
      look: 'plain',
    },
  ];
}

function groupLines(group: readonly StatRow[], rates: Rates, tunnels: Sample['tunnels']): readonly Line[] {
  const backend = group.find(({ svname }) => svname === 'BACKEND');
  const servers = group.filter(({ svname }) => svname !== 'BACKEND');
  const tunnelsOf = (row: StatRow): number => tunnels?.get(keyOf(row)) ?? 0;
  const all = servers.reduce((sum, row) => sum + tunnelsOf(row), 0);
  return [
    ...(backend === undefined ? [] : [rowLine(backend['pxname'] ?? '', backend, SERVERS, rates, tunnels && all)]),
    ...servers.map((row) => rowLine(`  ${row['svname']}`, row, SERVERS, rates, tunnels && tunnelsOf(row))),
  ];
}

function heading(name: string, columns: readonly Column[], tunnels?: Sample['tunnels']): Line {
  const titles = columns.map(({ title, width }) => title.padStart(width)).join('');
  return { text: name.padEnd(NAME) + titles + (tunnels === undefined ? '' : 'TUNNELS'.padStart(9)), look: 'head' };
}

function rowLine(name: string, row: StatRow, columns: readonly Column[], rates: Rates, tunnels?: number): Line {
  const values = columns.map(({ width, value }) => value(row, rates).padStart(width)).join('');
  const more = tunnels === undefined ? '' : String(tunnels).padStart(9);
  return { text: clip(name, NAME - 1).padEnd(NAME) + values + more, look: lookOf(row['status'] ?? '') };
}

function lookOf(status: string): Look {
  if (/^(?:DOWN|STOP)/.test(status)) return 'bad';
  if (/^(?:MAINT|DRAIN|NOLB|PAUSED|FULL|UP \d)/.test(status)) return 'warning';
  return /^(?:UP|OPEN)$/.test(status) ? 'good' : 'plain';
}

/** Between two samples of one process; what a first sample shows as rates are the router's own of the last second. */
function ratesSince({ at, info }: Sample, before: Sample | undefined): Rates {
  const own: Readonly<Record<string, string>> = { stot: 'rate', req_tot: 'req_rate' };
  const seconds = before === undefined ? 0 : (at - before.at) / 1000;
  if (before === undefined || seconds <= 0 || before.info['Pid'] !== info['Pid'])
    return (row, column) => Number(row[own[column] ?? ''] ?? 0);
  const old = new Map(before.rows.map((row) => [keyOf(row), row]));
  return (row, column) => {
    const was = old.get(keyOf(row));
    // Counters may have been cleared.
    return was === undefined ? 0 : Math.max(0, (Number(row[column] ?? 0) - Number(was[column] ?? 0)) / seconds);
  };
}

function keyOf({ pxname, svname }: StatRow): string {
  return `${pxname}/${svname}`;
}

function number(text = ''): string {
  return text === '' ? '-' : count(Number(text));
}

function perSecond(value: number): string {
  return value === 0 ? '0' : value < 10 ? value.toFixed(1) : count(value);
}

function time(text = ''): string {
  return text === '' ? '-' : `${text} ms`;
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
