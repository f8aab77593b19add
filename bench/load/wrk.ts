import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../process.ts';
import type { Load, Reach } from '../measure/sample.ts';

export interface WrkOptions {
  readonly connections: number;
  readonly path?: string;
  /** A request body of so many bytes, by POST. */
  readonly upload?: number;
}

const HOST = 'dev-coltrane01';

/** Milliseconds in which wrk's connections, and those to the origin, are made: what that costs is not the requests'. */
const SETTLE = 1_500;

/** One thread of wrk; answers other than 2xx and 3xx and broken connections are an error. What is counted begins when all connections stand. */
export function wrk({ connections, path = '/', upload }: WrkOptions): (reach: Reach, seconds: number) => Promise<Load> {
  return async ({ port, tls, directory, core, begin, served }, seconds) => {
    const script = upload === undefined ? [] : ['-s', writeScript(directory, upload)];
    const done = runCommand(
      [
        'wrk',
        '-t1',
        `-c${connections}`,
        `-d${Math.max(1, Math.round(seconds + SETTLE / 1000))}s`,
        '--timeout',
        '10s',
        '--latency',
        ...script,
        '-H',
        `Host: ${HOST}`,
        `${tls ? 'https' : 'http'}://127.0.0.1:${port}${path}`,
      ],
      core,
      (seconds + 30) * 1000,
    );
    const settled = sleep(SETTLE).then(served);
    const [before, { load, took }] = await Promise.all([
      settled.then((count) => {
        begin();
        return { count, at: performance.now() };
      }),
      done.then((output) => ({ load: parse(output), took: performance.now() })),
    ]);
    // The question itself is a request.
    return { ...load, items: (await served()) - before.count - 1, seconds: (took - before.at) / 1000 };
  };
}

/** Latencies, of the beginning too. */
function parse(output: string): Pick<Load, 'p50' | 'p99'> {
  const requests = /(\d+) requests in /.exec(output)?.[1];
  const broken = /(Socket errors|Non-2xx).*/.exec(output)?.[0];
  if (requests === undefined || requests === '0') throw new Error(`wrk did nothing\n${output}`);
  if (broken !== undefined && !/connect 0, read \d+, write 0, timeout 0/.test(broken))
    throw new Error(`wrk: ${broken}`);
  const [p50, p99] = ['50', '99'].map((percent) =>
    milliseconds(new RegExp(`^ +${percent}% +([\\d.]+)(us|ms|s|m) *$`, 'm').exec(output)),
  );
  return { p50: p50 ?? Number.NaN, p99: p99 ?? Number.NaN };
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function milliseconds(match: readonly string[] | null): number {
  const [, amount = '', unit = ''] = match ?? [];
  return Number(amount) * (UNITS[unit] ?? Number.NaN);
}

function writeScript(directory: string, size: number): string {
  const file = join(directory, 'wrk.lua');
  writeFileSync(file, `wrk.method = "POST"\nwrk.body = string.rep("x", ${size})\n`);
  return file;
}
