/**
 * What several workers are worth: processor time for a request with one process and with two workers, and what follows for the rate, for the
 * router and for what HAProxy's threads and nginx's workers make of the same. The load, the application and the proxy share the processors of a
 * small machine, so the rate itself says nothing: two workers can take no more than the machine has left, and HAProxy and nginx gain as little.
 * What limits a proxy that has its processors to itself is its own processor time.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/support/ports.ts';
import { fileURLToPath } from 'node:url';
import { runCommand, startProcess } from './process.ts';

const ROUTER = fileURLToPath(new URL('../packages/router/bin/headgate-router.js', import.meta.url));
const SECONDS = 4;
const ROUNDS = 3;
const LOADS = [
  { name: 'keep-alive', options: ['-t1', '-c64'] },
  { name: 'a connection for each request', options: ['-t1', '-c32', '-H', 'Connection: close'] },
] as const;

interface Places {
  readonly port: number;
  readonly application: number;
  readonly folder: string;
}

interface Subject {
  readonly name: string;
  config(count: number, places: Places): string;
  command(file: string): readonly [string, ...string[]];
  /** What shares its work. */
  readonly parts: 'processes' | 'threads';
}

const PROXY = ({ port, application }: Places): string => `
defaults
    mode http
    timeout connect 5s
    timeout client 60s
    timeout server 60s
frontend f
    bind 127.0.0.1:${port}
    default_backend b
backend b
    server s 127.0.0.1:${application}
`;

const nginx = (count: number, folder: string, http: string): string => `
worker_processes ${count};
daemon off;
pid ${folder}/nginx.pid;
error_log /dev/null;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder}; uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
  keepalive_requests 100000000;
  ${http}
}
`;

const SUBJECTS: readonly Subject[] = [
  {
    name: 'router',
    config: (count, places) => `global\n    workers ${count}\n${PROXY(places)}`,
    command: (file) => [process.execPath, '--no-memory-reducer', ROUTER, '-f', file],
    parts: 'processes',
  },
  {
    name: 'HAProxy',
    config: (count, places) => `global\n    nbthread ${count}\n${PROXY(places)}`,
    command: (file) => ['haproxy', '-db', '-f', file],
    parts: 'threads',
  },
  {
    name: 'nginx',
    config: (count, { port, application, folder }) =>
      nginx(
        count,
        folder,
        `upstream b { server 127.0.0.1:${application}; keepalive 64; }
  server {
    listen 127.0.0.1:${port} reuseport;
    location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }`,
      ),
    command: (file) => ['nginx', '-c', file],
    parts: 'processes',
  },
];

interface Sample {
  readonly requests: number;
  /** Microseconds of processor time for each request: all parts, and the busiest one. */
  readonly all: number;
  readonly busiest: number;
}

/** Measures and prints a table. */
export async function runWorkers(say: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
  const application = await freePort();
  const file = join(folder, 'application.conf');
  writeFileSync(file, nginx(1, folder, `server { listen 127.0.0.1:${application}; location / { return 200 hello; } }`));
  const origin = await startProcess(['nginx', '-c', file], { core: '0,1', listens: application });
  try {
    say('| load | proxy | parts | requests/s | processor time per request | busiest part | capacity ÷ one part |');
    say('|---|---|---|---|---|---|---|');
    for (const load of LOADS) {
      const all = SUBJECTS.flatMap((subject) => [1, 2].map((count) => ({ subject, count, samples: [] as Sample[] })));
      for (let round = 0; round < ROUNDS; round += 1)
        for (const { subject, count, samples } of all)
          samples.push(await measure(subject, count, load.options, { application, folder, port: await freePort() }));
      for (const { subject, count, samples } of all) {
        const single = all.find((other) => other.subject === subject)?.samples ?? [];
        // Measured one after the other: a busy moment of the machine is in both.
        const gain = median(samples.map(({ busiest }, round) => (single[round]?.all ?? Number.NaN) / busiest));
        const cost = (of: 'all' | 'busiest'): string => `${median(samples.map((sample) => sample[of])).toFixed(1)} µs`;
        const rate = median(samples.map(({ requests }) => requests / SECONDS)).toFixed(0);
        say(
          `| ${load.name} | ${subject.name} | ${count} | ${rate} | ${cost('all')} | ${cost('busiest')} | ${gain.toFixed(2)} |`,
        );
      }
    }
  } finally {
    await origin.stop();
    rmSync(folder, { recursive: true });
  }
}

async function measure(subject: Subject, count: number, options: readonly string[], places: Places): Promise<Sample> {
  const { port, folder } = places;
  const file = join(folder, 'proxy.cfg');
  writeFileSync(file, subject.config(count, places));
  const proxy = await startProcess(subject.command(file), { core: '0,1', listens: port });
  try {
    const load = (seconds: number): Promise<string> =>
      runCommand(['wrk', ...options, `-d${seconds}`, `http://127.0.0.1:${port}/`], '0,1', 60_000);
    await load(3);
    const before = usage(proxy.pid, subject.parts);
    const requests = Number(/(\d+) requests in/.exec(await load(SECONDS))?.[1]);
    const used = usage(proxy.pid, subject.parts).map(
      (ticks, index) => ((ticks - (before[index] ?? 0)) * 10_000) / requests,
    );
    return { requests, all: used.reduce((sum, one) => sum + one, 0), busiest: Math.max(...used) };
  } finally {
    await proxy.stop();
  }
}

/** Clock ticks of a process and its children, or of its threads, so far. */
function usage(pid: number, parts: Subject['parts']): readonly number[] {
  if (parts === 'threads') return readdirSync(`/proc/${pid}/task`).map((task) => ticksOf(`/proc/${pid}/task/${task}`));
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  return [pid, ...children.trim().split(' ').filter(Boolean).map(Number)].map((one) => ticksOf(`/proc/${one}`));
}

function ticksOf(place: string): number {
  const stat = readFileSync(`${place}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}
