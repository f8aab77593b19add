/** One table of connections in mode tcp, played through HAProxy and through our router: each case sees the same and gets the same log lines. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { asked } from './control.ts';
import { freePort } from './ports.ts';
import { startProgram } from './programs.ts';
import type { Router } from './programs.ts';
import { openRaw, RawServer } from './raw.ts';
import type { RawSocket } from './raw.ts';
import { startSyslog } from './syslog.ts';
import { TempDir } from './temp.ts';
import { settled, until } from './until.ts';

type Row = Readonly<Record<string, string | undefined>>;

/** What a case plays with. */
export interface Stage {
  readonly t: TestContext;
  /** The servers of `$one`, `$two` and `$three`; nothing listens on `$dead`. */
  readonly one: RawServer;
  readonly two: RawServer;
  readonly three: RawServer;
  readonly port: number;
  /** Opens a connection to the frontend; `from` is the local address. */
  readonly client: (from?: string) => Promise<RawSocket>;
  /** The row of the default backend in `show stat`, or of a server of it, once a column has this value. */
  readonly counted: (column: string, value: string, of?: string) => Promise<Row>;
  /** The log lines of the frontend, once there are so many: without what differs from run to run. */
  readonly lines: (count: number) => Promise<readonly string[]>;
}

export interface TcpCase {
  /** Parameters of the bind. */
  readonly bind?: string;
  readonly frontend?: readonly string[];
  /** The backend `NAME-b`, the default one. */
  readonly backend?: readonly string[];
  /** Further sections by their first line; `$name` is the name of the case. */
  readonly sections?: Readonly<Record<string, readonly string[]>>;
  /** What was seen: compared between the two. */
  play(stage: Stage): Promise<unknown>;
}

/**
 * Plays all cases at once, in one process of each router, and compares what they saw. A case that differs is played once more,
 * alone in both: beside 80 others on a busy machine, a delay of its rules may be over before the step that it should outlast.
 */
export async function compareTcp(t: TestContext, cases: Readonly<Record<string, TcpCase>>): Promise<void> {
  // One after the other on the same ports: a test has 80 of its own.
  const ports = new Map<string, number>();
  for (const sentence of Object.keys(cases)) ports.set(sentence, await freePort());
  const theirs = await playAll(t, 'haproxy', cases, ports);
  const ours = await playAll(t, 'router', cases, ports);
  for (const [sentence, about] of Object.entries(cases))
    await t.test(sentence, async (inner) => {
      if (isDeepStrictEqual(ours.get(sentence), theirs.get(sentence))) return;
      const alone = { [sentence]: about };
      const expected = await playAll(inner, 'haproxy', alone, ports);
      const actual = await playAll(inner, 'router', alone, ports);
      assert.deepEqual(actual.get(sentence), expected.get(sentence));
      const [wanted, had] = [theirs, ours].map((seen) => JSON.stringify(seen.get(sentence)));
      inner.diagnostic(`only alone the same in both: beside the others ${wanted} in HAProxy, ${had} here`);
    });
}

/** How long one case may take, in milliseconds: all are played at once, and ask for statistics again and again. */
const CASE = 6000;

const DEFAULTS = ['mode tcp', 'option tcplog', 'timeout connect 2s', 'timeout client 60s', 'timeout server 60s'];

async function playAll(
  t: TestContext,
  router: Router,
  cases: Readonly<Record<string, TcpCase>>,
  ports: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, unknown>> {
  const syslog = await startSyslog(t);
  const dead = await freePort();
  const parts = await Promise.all(
    Object.entries(cases).map(async ([sentence, about], index) => ({
      sentence,
      about,
      name: `c${index}`,
      port: ports.get(sentence) ?? 0,
      one: await RawServer.listen(t),
      two: await RawServer.listen(t),
      three: await RawServer.listen(t),
    })),
  );
  const sections = parts.map(({ about, name, port, one, two, three }) => {
    const { bind = '', frontend = [], backend = ['server one 127.0.0.1:$one'], sections: more = {} } = about;
    return [
      section(`frontend ${name}`, [`bind 127.0.0.1:${port} ${bind}`, ...frontend, `default_backend ${name}-b`]),
      section(`backend ${name}-b`, backend),
      ...Object.entries(more).map(([title, lines]) => section(title, lines)),
    ]
      .join('\n')
      .replaceAll(
        /\$(one|two|three|dead|name|port)\b/g,
        (_, what: string) =>
          ({ one: one.port, two: two.port, three: three.port, dead, name, port })[what]?.toString() ?? '',
      );
  });
  const directory = new TempDir(t);
  const socket = join(directory.path, 'control');
  const file = directory.write(
    'haproxy.cfg',
    [
      section('global', ['maxconn 1000', `stats socket ${socket} mode 600 level admin`]),
      section('defaults', [...DEFAULTS, `log 127.0.0.1:${syslog.port} local1`]),
      ...sections,
    ].join('\n'),
  );
  const program = await startProgram(
    t,
    router,
    file,
    parts.map(({ port }) => port),
  );
  const seen = await Promise.all(
    parts.map(async ({ sentence, about, name, port, one, two, three }) => {
      const own = (): readonly string[] => syslog.messages().filter((line) => line.includes(` ${name} ${name}`));
      const stage: Stage = {
        t,
        one,
        two,
        three,
        port,
        client: (from) => openRaw(t, port, from),
        counted: (column, value, of = 'BACKEND') =>
          until(
            `${column} ${value} of '${sentence}'`,
            async () => {
              const row = await statistics(socket, `${name}-b`, of);
              return row[column] === value ? row : undefined;
            },
            CASE,
          ),
        lines: (count) =>
          until(`${count} log lines of '${sentence}'`, () => own().length >= count, CASE).then(() => own().map(steady)),
      };
      const result = await settled(`'${sentence}'`, about.play(stage), CASE).catch(
        (failure: unknown) => `failed in ${router}: ${String(failure)}`,
      );
      return [sentence, result] as const;
    }),
  );
  await program.stop(router === 'haproxy' ? 'SIGINT' : 'SIGKILL');
  return new Map(seen);
}

/** A row of `show stat` by its columns. */
async function statistics(socket: string, backend: string, row: string): Promise<Row> {
  const [head = '', ...rows] = (await asked(socket, 'show stat')).replace(/^# /, '').trim().split('\n');
  const columns = head.split(',');
  const values = rows.map((text) => text.split(',')).find(([proxy, name]) => proxy === backend && name === row) ?? [];
  return Object.fromEntries(columns.map((column, index) => [column, values[index]]));
}

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `    ${line}`), ''].join('\n');
}

/** A line of tcplog without the client's port, the date, times and the number of connections of the process, which the other cases have too. */
function steady(line: string): string {
  return line
    .replace(/^(\S+):\d+ \[[^\]]*\]/, '$1')
    .replace(
      / (-?\d+\/-?\d+\/\+?-?\d+) (\+?\d+) (\S\S) \d+\//,
      (_, times: string, bytes: string, state: string) =>
        ` ${times.replaceAll(/(?<!-)\b\d+/g, 'T')} ${bytes} ${state} `,
    );
}
