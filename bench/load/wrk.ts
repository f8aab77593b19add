import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../process.ts';
import type { Load, Reach } from '../measure/sample.ts';

export interface WrkOptions {
  readonly connections: number;
  readonly path?: string;
  /** A request body of so many bytes, by POST. */
  readonly upload?: number;
}

const HOST = 'dev-coltrane01';

/** Milliseconds in which wrk's connections shake hands before the first of them sends a request. */
const SETTLE = 1_500;

/** One thread of wrk; answers other than 2xx and 3xx and broken connections are an error. TLS handshakes are not measured. */
export function wrk({ connections, path = '/', upload }: WrkOptions): (reach: Reach, seconds: number) => Promise<Load> {
  return async ({ port, tls, directory, core, begin }, seconds) => {
    const settle = tls ? SETTLE : 0;
    const script = writeScript(directory, [...(upload === undefined ? [] : uploading(upload)), ...(tls ? settling(connections) : [])]);
    const timer = setTimeout(begin, settle * 0.9);
    const output = await runCommand(
      ['wrk', '-t1', `-c${connections}`, `-d${Math.max(1, Math.round(seconds + settle / 1000))}s`, '--timeout', '10s', '--latency', '-s', script,
        '-H', `Host: ${HOST}`, `${tls ? 'https' : 'http'}://127.0.0.1:${port}${path}`],
      core,
      (seconds + 30) * 1000,
    ).finally(() => clearTimeout(timer));
    const load = parse(output);
    return { ...load, seconds: load.seconds - settle / 1000 };
  };
}

function parse(output: string): Load {
  const [, requests, amount, unit] = /(\d+) requests in ([\d.]+)(ms|s|m),/.exec(output) ?? [];
  const broken = /(Socket errors|Non-2xx).*/.exec(output)?.[0];
  if (requests === undefined || requests === '0') throw new Error(`wrk did nothing\n${output}`);
  if (broken !== undefined && !/connect 0, read \d+, write 0, timeout 0/.test(broken)) throw new Error(`wrk: ${broken}`);
  const [p50, p99] = ['50', '99'].map((percent) => milliseconds(new RegExp(`^ +${percent}% +([\\d.]+)(us|ms|s|m) *$`, 'm').exec(output)));
  return { items: Number(requests), seconds: milliseconds(['', amount ?? '', unit ?? '']) / 1000, p50: p50 ?? Number.NaN, p99: p99 ?? Number.NaN };
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function milliseconds(match: readonly string[] | null): number {
  const [, amount = '', unit = ''] = match ?? [];
  return Number(amount) * (UNITS[unit] ?? Number.NaN);
}

function uploading(size: number): string[] {
  return ['wrk.method = "POST"', `wrk.body = string.rep("x", ${size})`];
}

/** Each connection's first request waits until all have had time for their handshakes. */
function settling(connections: number): string[] {
  return ['local waited = 0', `function delay() waited = waited + 1; return waited <= ${connections} and ${SETTLE} or 0 end`];
}

function writeScript(directory: string, lines: readonly string[]): string {
  const file = join(directory, 'wrk.lua');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}
