import { cases } from './cases.ts';
import { contenders } from './contenders.ts';
import { goals } from './goals.ts';
import type { Goal } from './goals.ts';
import { METRICS } from './measure/sample.ts';
import type { Metric, Sample } from './measure/sample.ts';
import { spread } from './measure/statistics.ts';
import type { Spread } from './measure/statistics.ts';
import type { Result } from './results.ts';

/** A goal with the ratio of each round put together, and whether it is reached. */
export interface Judged {
  readonly goal: Goal;
  readonly ratio: Spread | undefined;
  readonly verdict: 'aim' | 'floor' | 'missed' | 'measured' | 'not measured';
}

export function judge(results: readonly Result[]): Judged[] {
  return goals.map((goal) => {
    const samples = results.find((result) => result.case === goal.case)?.samples;
    const of = ({ contender, load, row }: Goal['ours']): number[] =>
      (samples?.[row ?? contenders[contender].title]?.[load] ?? []).map(METRICS[goal.metric]);
    const [ours, theirs] = [of(goal.ours), of(goal.theirs)];
    const ratio = theirs.length === 0 ? undefined : spread(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)));
    return { goal, ratio, verdict: verdict(goal, ratio) };
  });
}

function verdict({ floor, aim, better }: Goal, ratio: Spread | undefined): Judged['verdict'] {
  if (ratio === undefined) return 'not measured';
  const reaches = (line: number): boolean => (better === 'lower' ? ratio.median <= line : ratio.median >= line);
  if (reaches(aim)) return 'aim';
  if (floor === undefined) return 'measured';
  return reaches(floor) ? 'floor' : 'missed';
}

/** docs/performance.md: every figure with the command that makes it. */
export function report(results: readonly Result[]): string {
  return [
    '# Performance',
    '',
    'Written by `npm run bench`; do not edit. Every figure comes from one of the runs below, which `bench/results/*.json` keeps sample by sample.',
    '',
    METHOD,
    '',
    '## Goals',
    '',
    ...goalTable(judge(results)),
    '',
    ...results.flatMap(section),
    '## Runs',
    '',
    ...runs(results),
    '',
  ].join('\n');
}

const METHOD = `How it is measured:

- Absolute figures depend on the machine; ratios do less so. A ratio is made of two figures of the same round, which follow
  each other within seconds; the table shows the median of all rounds and, in brackets, the lowest and the highest.
- *Cost* is processor time: user and system time of all processes and threads of the contender (\`/proc/PID/stat\`),
  divided by what it carried. It is the steadiest figure: waiting, and other programs on the machine, hardly change it.
- The contender has core 0 to itself, load and origin have core 1. Everything is on loopback.
- Every contender has to answer rightly before anything is timed. Then it is warmed up: 3 seconds of the load where Node
  compiles while it runs, 1 second otherwise. Then all take turns, each round beginning with another one.
- HAProxy and the router read the same file, the article's rules; stunnel and tls-terminator too. All use one thread or
  worker. TLS is what client and contender agree on without being told: TLS 1.3.
- Small answers and downloads come from an nginx, everything else from \`bench/programs/origin.mjs\`.`;

function goalTable(judged: readonly Judged[]): string[] {
  return [
    '| ratio | measured | floor | aim | |',
    '|---|---|---|---|---|',
    ...judged.map(({ goal, ratio, verdict: found }) => {
      const sign = goal.better === 'lower' ? '≤' : '≥';
      const floor = goal.floor === undefined ? '' : `${sign} ${plain(goal.floor)}`;
      return `| ${goal.title} (${METRIC_WORDS[goal.metric]}) | ${ratio === undefined ? '' : withRange(ratio)} | ${floor} | ${sign} ${plain(goal.aim)} | ${VERDICT_WORDS[found]} |`;
    }),
  ];
}

const METRIC_WORDS: Readonly<Record<Metric, string>> = {
  cost: 'cost',
  rate: 'rate',
  perProcessorSecond: 'for each second of processor time',
  memory: 'memory',
};

const VERDICT_WORDS: Readonly<Record<Judged['verdict'], string>> = {
  aim: 'aim reached',
  floor: 'floor kept',
  missed: '**floor missed**',
  measured: 'measured',
  'not measured': 'not measured yet',
};

function section(result: Result): string[] {
  const { title, item, rows, loads } = cases[result.case];
  const hasMemory = Object.values(result.samples).some((byLoad) => Object.values(byLoad).some((all) => all.some(({ memory }) => memory !== undefined)));
  const head = ['', ...(loads.length > 1 ? ['load'] : []), `${COST[item].unit} of processor time per ${item}`, `${item}s per second`, 'p50 ms', 'p99 ms', 'resident MB', ...(hasMemory ? [`kB per ${item}`] : [])];
  const lines = loads.flatMap(({ name: load }) =>
    rows.flatMap(({ name }) => {
      const all = result.samples[name]?.[load];
      if (all === undefined) return [];
      return [cells([name, ...(loads.length > 1 ? [load] : []), ...figures(all, hasMemory, COST[item].scale)])];
    }),
  );
  const skipped = Object.entries(result.skipped).map(([name, reason]) => `- ${name}: left out, ${reason.split('\n')[0] ?? ''}`);
  return [`## ${title}`, '', cells(head), cells(head.map(() => '---')), ...lines, '', ...(skipped.length > 0 ? [...skipped, ''] : []), `\`${result.command}\``, ''];
}

const COST = {
  request: { unit: 'µs', scale: 1 },
  message: { unit: 'µs', scale: 1 },
  connection: { unit: 'µs', scale: 1 },
  GB: { unit: 'ms', scale: 1e-3 },
} as const;

function figures(all: readonly Sample[], hasMemory: boolean, scale: number): string[] {
  const show = (value: (sample: Sample) => number, digits = 3): string => {
    const found = spread(all.map(value));
    return found === undefined ? '' : withRange(found, digits);
  };
  const middle = (value: (sample: Sample) => number): string => {
    const found = spread(all.map(value));
    return found === undefined ? '' : plain(found.median);
  };
  return [
    show((sample) => scale * METRICS.cost(sample)),
    show(METRICS.rate),
    middle(({ p50 }) => p50 ?? Number.NaN),
    middle(({ p99 }) => p99 ?? Number.NaN),
    middle(({ resident }) => resident / 1e6),
    ...(hasMemory ? [show((sample) => METRICS.memory(sample) / 1000)] : []),
  ];
}

function runs(results: readonly Result[]): string[] {
  return results.flatMap(({ case: name, command, date, machine, seconds, rounds, separateCores, loadAverage, ours }) => [
    `- **${name}**: \`${command}\`, ${date}, commit ${machine.commit}, our programs ${ours === 'built' ? 'built' : 'from source'}; ${rounds} rounds of ${seconds} s;`,
    `  ${machine.processor}, ${machine.cores} cores${separateCores ? '' : ' (one core for everything)'}, ${machine.memoryGB} GB, Linux ${machine.kernel}, load average ${loadAverage.map((average) => plain(average)).join(' to ')};`,
    `  ${Object.entries(machine.versions).map(([program, version]) => `${program} ${version}`).join(', ')}`,
  ]);
}

function cells(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}

function withRange({ median, min, max }: Spread, digits = 3): string {
  return min === max ? plain(median, digits) : `${plain(median, digits)} (${plain(min, digits)} – ${plain(max, digits)})`;
}

/** Three significant digits, no exponents. */
function plain(value: number, digits = 3): string {
  return value >= 1000 ? Math.round(Number(value.toPrecision(digits))).toLocaleString('en').replaceAll(',', ' ') : String(Number(value.toPrecision(digits)));
}
