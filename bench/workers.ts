/**
 * What several workers are worth: processor time for a request with one process and with two workers, and what follows for the rate. The
 * load, the application and the router share the processors of a small machine, so the rate itself says nothing: two workers can take no more
 * than the machine has left. What limits a router that has its processors to itself is its own processor time.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test/support/ports.ts';
import { fileURLToPath } from 'node:url';
import { runCommand, startProcess } from './process.ts';

const ROUTER = fileURLToPath(new URL('../packages/router/bin/headgate-router.js', import.meta.url));
const SECONDS = 6;
const ROUNDS = 3;
const LOADS = [
  { name: 'keep-alive', options: ['-t1', '-c64'] },
  { name: 'a connection for each request', options: ['-t1', '-c32', '-H', 'Connection: close'] },
] as const;

interface Sample {
  readonly requests: number;
  /** Microseconds of processor time for each request: all processes, and the busiest one. */
  readonly all: number;
  readonly busiest: number;
}

/** Measures and prints a table. */
export async function runWorkers(say: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-'));
  const application = await freePort();
  const script =
    "require('http').createServer({keepAliveTimeout:6e5},(q,s)=>s.end('hello')).listen(Number(process.argv[1]))";
  const origin = await startProcess([process.execPath, '-e', script, String(application)], {
    core: '0,1',
    listens: application,
  });
  try {
    say('| load | processes | requests/s | processor time per request | busiest process | capacity ÷ one process |');
    say('|---|---|---|---|---|---|');
    for (const { name, options } of LOADS) {
      const samples = new Map<number, Sample[]>([
        [1, []],
        [2, []],
      ]);
      for (let round = 0; round < ROUNDS; round += 1)
        for (const [workers, list] of samples) list.push(await measure(workers, application, options, folder));
      const one = median((samples.get(1) ?? []).map(({ all }) => all));
      for (const [workers, list] of samples) {
        const [rate, all, busiest] = [
          median(list.map(({ requests }) => requests / SECONDS)),
          median(list.map((sample) => sample.all)),
          median(list.map((sample) => sample.busiest)),
        ];
        // A rate is limited by the busiest process: one processor each.
        say(
          `| ${name} | ${workers} | ${rate.toFixed(0)} | ${all.toFixed(1)} µs | ${busiest.toFixed(1)} µs | ${(one / busiest).toFixed(2)} |`,
        );
      }
    }
  } finally {
    await origin.stop();
    rmSync(folder, { recursive: true });
  }
}

async function measure(
  workers: number,
  application: number,
  options: readonly string[],
  folder: string,
): Promise<Sample> {
  const port = await freePort();
  const file = join(folder, 'router.cfg');
  const lines = [
    `global\n workers ${workers}`,
    'defaults\n mode http\n timeout connect 5s\n timeout client 60s\n timeout server 60s',
    `frontend f\n bind 127.0.0.1:${port}\n default_backend b`,
    `backend b\n server s 127.0.0.1:${application}`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const router = await startProcess([ROUTER, '-f', file], {
    core: '0,1',
    listens: port,
  });
  try {
    const load = (seconds: number): Promise<string> =>
      runCommand(['wrk', ...options, `-d${seconds}`, `http://127.0.0.1:${port}/`], '0,1', 60_000);
    await load(2);
    const before = usage(router.pid);
    const requests = Number(/(\d+) requests in/.exec(await load(SECONDS))?.[1]);
    const used = usage(router.pid).map((ticks, index) => ((ticks - (before[index] ?? 0)) * 10_000) / requests);
    return { requests, all: used.reduce((sum, one) => sum + one, 0), busiest: Math.max(...used) };
  } finally {
    await router.stop();
  }
}

/** Clock ticks of a process and its children so far. */
function usage(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1');
  return [pid, ...children.trim().split(' ').filter(Boolean).map(Number)].map((one) => {
    const stat = readFileSync(`/proc/${one}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
