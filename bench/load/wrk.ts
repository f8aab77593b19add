import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../process.ts';
import type { Load, Reach } from '../measure/sample.ts';

export interface WrkOptions {
  readonly connections: number;
  /** Complete requests, sent in turn over all connections. */
  readonly requests: readonly string[];
}

/**
 * One thread of wrk; statuses other than 2xx and 3xx, broken connections, and requests that did not reach the origin are
 * an error. Counting begins when all connections are established.
 */
export function wrk({ connections, requests }: WrkOptions): (reach: Reach, seconds: number) => Promise<Load> {
  return async ({ port, tls, directory, core, begin, served, settle }, seconds) => {
    const first = await served();
    const done = runCommand(
      [
        'wrk',
        '-t1',
        `-c${connections}`,
        `-d${Math.max(1, Math.round(seconds + settle))}s`,
        '--timeout',
        '10s',
        '--latency',
        '-s',
        writeScript(directory, requests),
        `${tls ? 'https' : 'http'}://127.0.0.1:${port}/`,
      ],
      core,
      (seconds + 30) * 1000,
    );
    const settled = sleep(1000 * settle).then(served);
    const [before, { load, sent, took }] = await Promise.all([
      settled.then((count) => {
        begin();
        return { count, at: performance.now() };
      }),
      done.then((output) => ({ ...parse(output), took: performance.now() })),
    ]);
    // Reading the count is itself a request.
    const all = await served();
    if (all - first < 0.98 * sent) throw new Error(`only ${all - first} of ${sent} requests reached the origin`);
    return { ...load, items: all - before.count - 1, seconds: (took - before.at) / 1000 };
  };
}

/** The number of responses, and latencies, including those of the start. */
function parse(output: string): { readonly sent: number; readonly load: Pick<Load, 'p50' | 'p99'> } {
  const sent = Number(/(\d+) requests in /.exec(output)?.[1] ?? 0);
  const broken = /(Socket errors|Non-2xx).*/.exec(output)?.[0];
  if (sent === 0) throw new Error(`wrk did nothing\n${output}`);
  if (broken !== undefined && !/connect 0, read \d+, write 0, timeout 0/.test(broken))
    throw new Error(`wrk: ${broken}`);
  const [p50, p99] = ['50', '99'].map((percent) =>
    milliseconds(new RegExp(`^ +${percent}% +([\\d.]+)(us|ms|s|m) *$`, 'm').exec(output)),
  );
  return { sent, load: { p50: p50 ?? Number.NaN, p99: p99 ?? Number.NaN } };
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

function milliseconds(match: readonly string[] | null): number {
  const [, amount = '', unit = ''] = match ?? [];
  return Number(amount) * (UNITS[unit] ?? Number.NaN);
}

/** A script that loads the requests once and then only returns them: building them would cost time on wrk's core. */
function writeScript(directory: string, requests: readonly string[]): string {
  const text = requests.join('\0');
  const name = createHash('sha1').update(text).digest('hex').slice(0, 12);
  const [data, script] = [join(directory, `requests-${name}`), join(directory, `requests-${name}.lua`)];
  writeFileSync(data, text, 'latin1');
  writeFileSync(
    script,
    `local all, count, last = {}, 0, 0
function init()
  local file = assert(io.open(${JSON.stringify(data)}, "rb"))
  for one in file:read("*a"):gmatch("%Z+") do
    count = count + 1
    all[count] = one
  end
  file:close()
end
function request()
  last = last % count + 1
  return all[last]
end
`,
  );
  return script;
}
