import { change } from './change.ts';
import { cells, plain, withRange } from './format.ts';
import { differing } from './differing.ts';
import { judge } from './judge.ts';
import type { Judged } from './judge.ts';
import type { Metric } from './measure/sample.ts';
import { provisional } from './provisional.ts';
import type { Result } from './results.ts';
import { section } from './section.ts';

/** docs/performance.md: every figure with the command that produces it. `compared` has the runs beside another clone. */
export function report(results: readonly Result[], compared: readonly Result[] = [], certificates = ''): string {
  return [
    '# Performance',
    '',
    'Written by `npm run bench`; do not edit. Every figure comes from one of the runs below, which `bench/results/*.json` keeps sample by sample.',
    '',
    METHOD,
    '',
    ...differing(results),
    '## Goals',
    '',
    ...goalTable(judge(results), results),
    '',
    ...results.flatMap(section),
    ...(certificates === '' ? [] : [certificates.trimEnd(), '']),
    ...change(compared),
    '## Runs',
    '',
    ...runs(results),
    '',
  ].join('\n');
}

const METHOD = `How it is measured:

- Absolute figures depend on the machine; ratios less so. A ratio is made of two figures of the same round, measured
  within seconds of each other; the table shows the median of all rounds and, in brackets, the range. Next to it:
  the least of all rounds ÷ the least of the other (for rates, most ÷ most), the figure least affected by other programs.
- Figures from a short run, or from a busy machine, are called *provisional*.
- HTTP requests differ: 997 of them (2,003 for the 1,000 applications, 97 with bodies of 64 kB), shuffled, sent in turn over all connections. They resemble a browser's
  (about 500 bytes, with cookies) unless the case says otherwise. wrk only sends prebuilt requests, which costs it
  about one of the roughly sixteen microseconds it needs per request.
- The row "nothing between load and origin" shows what wrk and the origin achieve on their core: where a contender comes close to
  that, or leaves much of its core unused (*% of its core*), the load was the limit, and only the processor time counts.
- *Young collections*: how often V8 collected the young generation (\`perf_hooks\`), for Node programs.
- *Cost* is processor time: user and system time of all processes and threads of the contender (\`/proc/PID/stat\`),
  divided by what it carried. It is the most stable figure: waiting and other programs on the machine hardly affect it.
- The contender is bound to core 0, load and origin to core 1. All traffic is on loopback. Other load on the machine
  is visible in the load average below.
- Every contender must answer correctly before anything is timed. Then it is warmed up until it has used 3 seconds of
  processor time where Node compiles while it runs, 1 second otherwise. Then, for each load, all take turns, each round starting with a different one.
- HAProxy and the router read the same file, the article's rules; stunnel and tls-terminator too. All use one thread or
  worker, and none of them writes a line per connection unless the case says so. TLS is 1.3 with X25519 for all.
- Load is made by wrk, bodies of 100 MB by curl; tunnels and handshakes by this command itself. Connection setup is not part of
  a figure unless that is what it measures: wrk's first second and a half is excluded, and requests are counted by the origin. Small answers and downloads come from an nginx, the rest from \`bench/programs/origin.mjs\`.`;

function goalTable(judged: readonly Judged[], results: readonly Result[]): string[] {
  const doubtful = new Set(results.filter((result) => provisional(result) !== undefined).map((result) => result.case));
  return [
    '| ratio | same round | least ÷ least | limit | target | | the same for others, same round |',
    '|---|---|---|---|---|---|---|',
    ...judged.map(({ goal, ratio, verdict: found, others }) => {
      const sign = goal.better === 'lower' ? '≤' : '≥';
      const floor = goal.floor === undefined ? '' : `${sign} ${plain(goal.floor)}`;
      return `| ${goal.title} (${METRIC_WORDS[goal.metric]}) | ${ratio === undefined ? '' : withRange(ratio)} | ${ratio === undefined ? '' : plain(ratio.best)} | ${floor} | ${sign} ${plain(goal.aim)} | ${VERDICT_WORDS[found]}${doubtful.has(goal.case) ? ' (provisional)' : ''} | ${others.map((other) => `${other.title} ${withRange(other.ratio)}`).join('; ')} |`;
    }),
  ];
}

const METRIC_WORDS: Readonly<Record<Metric, string>> = {
  cost: 'cost',
  rate: 'rate',
  perProcessorSecond: 'for each second of processor time',
  memory: 'memory',
  resident: 'resident memory',
  p99: 'p99',
};

const VERDICT_WORDS: Readonly<Record<Judged['verdict'], string>> = {
  aim: 'target reached',
  floor: 'within the limit',
  missed: '**limit missed**',
  measured: 'measured',
  'not measured': 'not measured yet',
};

function runs(results: readonly Result[]): string[] {
  const machines = [...new Set(results.map(describe))];
  return [
    cells(['case', 'date', 'commit', 'our programs', 'rounds', 'load average', 'machine', '']),
    cells(Array.from({ length: 8 }, () => '---')),
    ...results.map((result) => {
      const { case: name, date, machine, seconds, rounds, loadAverage, ours } = result;
      const busy = loadAverage.map((average) => plain(average)).join(' to ');
      return cells([
        name,
        date.slice(0, 16),
        machine.commit,
        ours === 'built' ? 'built' : 'from source',
        `${rounds} of ${seconds} s`,
        busy,
        String(machines.indexOf(describe(result)) + 1),
        provisional(result) === undefined ? '' : 'provisional',
      ]);
    }),
    '',
    ...machines.map((text, index) => `${index + 1}. ${text}`),
  ];
}

function describe({ machine, separateCores }: Result): string {
  const { processor, cores, memoryGB, kernel, versions } = machine;
  const programs = Object.entries(versions)
    .map(([program, version]) => `${program} ${version}`)
    .join(', ');
  return `${processor}, ${cores} cores${separateCores ? '' : ' (one core for everything)'}, ${memoryGB} GB, Linux ${kernel}; ${programs}`;
}
