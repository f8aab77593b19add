import type { Commands } from '../command.ts';
import type { Desk } from '../desk.ts';
import { infoOf } from '../../stats/info.ts';
import { rowsOf } from '../../stats/rows.ts';
import type { Row, RowKind } from '../../stats/columns.ts';
import { toCsv } from '../../stats/csv.ts';
import { tagsOf, toJson } from '../../stats/json.ts';
import { toTyped } from '../../stats/typed.ts';
import { infoDescription } from '../../stats/descriptions.ts';
import type { Session } from '@headgate/shared/admin/conversation';
import { allows } from '@headgate/shared/admin/level';

/** Bits of `show stat <iid> <type> <sid>`. */
const TYPES = { frontend: 1, backend: 2, server: 4, bind: 8 } as const satisfies Record<RowKind, number>;

export const show = {
  'show version': {
    usage: '',
    text: 'show version of the current process',
    level: 'user',
    run: (_args, { version }) => `${version}\n`,
  },
  'show info': {
    usage: '[desc|json|typed|float]*',
    text: 'report information about the running process',
    level: 'user',
    counted: true,
    run: (args, desk) => info(args, desk),
  },
  'show stat': {
    usage: '[desc|json|no-maint|typed|up]*',
    text: 'report counters for each proxy and server',
    level: 'user',
    counted: true,
    run: (args, desk, session) => stat(args, desk, session),
  },
  'show backend': {
    usage: '',
    text: 'list backends in the current running config',
    level: 'user',
    run: (_args, { router }) => ['# name', ...router.backends.keys()].map((line) => `${line}\n`).join(''),
  },
  'show resolvers': {
    usage: '[id]',
    text: 'dumps counters from all resolvers section and associated name servers',
    level: 'user',
    run: ([name], { router }) => resolvers(router.resolvers, name),
  },
  'show env': {
    usage: '[var]',
    text: 'dump environment variables known to the process',
    level: 'operator',
    run([name], { environment }) {
      if (name !== undefined && environment[name] === undefined) return 'Variable not found\n';
      return Object.entries(environment)
        .filter(([own, value]) => value !== undefined && (name === undefined || own === name))
        .map(([own, value]) => `${own}=${value}\n`)
        .join('');
    },
  },
  'show activity': {
    usage: '',
    text: 'show activity of the process (for support/developers)',
    level: 'user',
    counted: true,
    run(_args, { router, now }) {
      const { stats } = router;
      if (stats === undefined) return '';
      const { process } = stats;
      return [
        'thread_id: 1 (1..1)',
        `date_now: ${(Date.now() / 1000).toFixed(6)}`,
        `uptime_ms: ${Math.floor(now() - process.started)}`,
        `accepted: ${process.counters.connections} [ ${process.counters.connections} ]`,
        `avg_loop_us: ${Math.round((process.loopDelay?.mean ?? 0) * 1_000_000)}`,
      ]
        .map((line) => `${line}\n`)
        .join('');
    },
  },
  'show pools': {
    usage: '',
    text: 'report information about the memory usage',
    level: 'user',
    run() {
      const { rss, ...memory } = process.memoryUsage();
      const lines = Object.entries(memory).map(([name, bytes]) => `  - Pool ${name} : ${bytes} bytes`);
      return ['Dumping memory usage.', ...lines, `Total: ${rss} bytes resident.`].map((line) => `${line}\n`).join('');
    },
  },
  'show cli sockets': {
    usage: '',
    text: 'dump list of cli sockets',
    level: 'user',
    run: (_args, { sockets }) =>
      ['# socket lvl processes', ...sockets().map(({ name, level }) => `${name} ${level} all`)]
        .map((line) => `${line}\n`)
        .join(''),
  },
  'show cli level': {
    usage: '',
    text: 'display the level of the current CLI session',
    level: 'user',
    run: (_args, _desk, { level }) => `${level}\n`,
  },
} as const satisfies Commands;

function resolvers(sections: Desk['router']['resolvers'], name: string | undefined): string {
  const shown = sections.filter(({ config }) => name === undefined || config.name === name);
  if (shown.length === 0) return name === undefined ? 'No resolvers found\n' : "Can't find that resolvers section\n";
  const lines = shown.flatMap(({ config, nameservers }) => [
    `Resolvers section ${config.name}`,
    ...nameservers.flatMap(({ config: server, counters }) => [
      ` nameserver ${server.name}:`,
      ...Object.entries(counters).map(([word, value]) => `  ${`${word}:`.padEnd(12)} ${value}`),
    ]),
  ]);
  return `${lines.join('\n')}\n`;
}

function info(args: readonly string[], { router }: Desk): string {
  const { stats } = router;
  if (stats === undefined) return '';
  const described = args.includes('desc');
  const seconds = Number(((stats.now - stats.process.started) / 1000).toFixed(6));
  const fields = infoOf(stats).map((field) =>
    args.includes('float') && field.name === 'Uptime_sec' ? { ...field, type: 'flt', value: seconds } : field,
  );
  if (args.includes('json'))
    return `${JSON.stringify(
      fields.map(({ name, tags, type, value }, pos) => ({
        field: { pos, name },
        processNum: 1,
        tags: tagsOf(tags),
        value: { type, value },
      })),
    )}\n`;
  const words = (name: string): string => (described ? `:"${infoDescription(name)}"` : '');
  if (args.includes('typed'))
    return fields
      .map(({ name, tags, type, value }, at) => `${at}.${name}.1:${tags}:${type}:${value}${words(name)}\n`)
      .join('');
  return fields.map(({ name, value }) => `${name}: ${value}${words(name)}\n`).join('');
}

function stat(args: readonly string[], { router }: Desk, { level }: Session): string {
  const { stats } = router;
  if (stats === undefined) return '';
  const [place, types, server, ...more] = args;
  // As in HAProxy, three words narrow, whatever they are; a name must be one, and a number may be any.
  const narrowed = server !== undefined;
  const words = narrowed ? more : args;
  if (narrowed && !/^-?\d+$/.test(place ?? '') && stats.proxies.every(({ name }) => name !== place))
    return 'No such proxy.\n';
  const all = rowsOf(stats, { legends: allows(level, 'operator') });
  const rows = all.filter(
    (row) =>
      (!narrowed || isAt(row, place ?? '', numberOf(types), numberOf(server))) &&
      !(words.includes('up') && /^(?:DOWN|MAINT|NOLB)/.test(String(row.values['status'] ?? ''))) &&
      !(words.includes('no-maint') && String(row.values['status'] ?? '').startsWith('MAINT')),
  );
  if (words.includes('json')) return `${toJson(rows)}\n`;
  return words.includes('typed') ? toTyped(rows, words.includes('desc')) : toCsv(rows);
}

/** A number at the beginning of a word; 0 where there is none. */
function numberOf(word = ''): number {
  return Number(/^-?\d+/.exec(word)?.[0] ?? 0);
}

/** `show stat <iid|name> <type> <sid>`: -1 is every one. The last chooses among servers and addresses alone, as in HAProxy. */
function isAt({ kind, proxyId, id, values }: Row, place: string, types: number, server: number): boolean {
  const proxy = place === '-1' || String(proxyId) === place || values['pxname'] === place;
  const whole = kind === 'frontend' || kind === 'backend';
  return proxy && (types === -1 || (types & TYPES[kind]) !== 0) && (whole || server === -1 || id === server);
}
