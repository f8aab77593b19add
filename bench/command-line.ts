import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cases } from './cases.ts';
import type { Course } from './change/measure.ts';
import { FULL, QUICK } from './change/run.ts';
import { subjects, type SubjectName } from './change/subjects.ts';
import type { CaseName } from './cases.ts';
import { contenders } from './contenders.ts';
import type { ContenderName } from './contenders.ts';

/** The duration of a run, and how reliable its figures are. */
export interface Pace {
  readonly name: 'full' | 'quick' | 'smoke';
  /** Of load for each measurement. */
  readonly seconds: number;
  readonly rounds: number;
  /** Warm-up before the first measurement, in seconds of processor time, for programs with a JIT compiler; a third for others. */
  readonly warmUp: number;
  /** Seconds for setting up the connections of a measurement; not counted. */
  readonly settle: number;
  /** The fraction of connections opened by the case with silent ones. */
  readonly scale: number;
}

const PACES = {
  full: { name: 'full', seconds: 3, rounds: 5, warmUp: 3, settle: 1.5, scale: 1 },
  quick: { name: 'quick', seconds: 2, rounds: 3, warmUp: 3, settle: 1.5, scale: 0.1 },
  smoke: { name: 'smoke', seconds: 0.5, rounds: 1, warmUp: 0, settle: 0.3, scale: 0.01 },
} as const satisfies Record<string, Pace>;

export interface Wanted {
  readonly cases: readonly CaseName[];
  /** Undefined: every contender of the case. */
  readonly rows: readonly ContenderName[] | undefined;
  readonly pace: Pace;
  /** Output directory instead of bench/results; docs/performance.md is then not written. */
  readonly out: string | undefined;
}

export const HELP = `npm run bench -- [OPTIONS]

Measures the cost of the router and tls-terminator against HAProxy, stunnel, hitch, nginx and proxies built on Node
libraries. Every case runs its contenders on one core, load and origin on another; the main figure is the
processor time of the contender per request. Contenders take turns, so that a ratio compares two measurements
made one after the other; the table shows the median of these ratios and, next to it, least ÷ least.

'change' counts what visitors lose while the configuration is reloaded, for docs/reliability.md; it only runs by name.

Requests differ (path, query, cookies), as in production; only 'small-repeated' repeats one.

  --only NAME,…   only these cases (default: all, about an hour)
  --rows NAME,…   only these contenders: ${Object.keys(contenders).join(', ')}
  --quick         3 rounds of 2 seconds instead of 5 of 3: the figures are marked provisional
  --smoke         1 round of half a second: tests that a case works; its figures are meaningless
  --out FOLDER    write results and report there instead of bench/results and docs/performance.md
  --report        measure nothing: rewrite the report from existing results
  --list          list the cases
  --help          print this help

With HEADGATE_BENCH_BEFORE=FOLDER, another clone that is built, its programs take part as router-before,
terminator-before and pipeline-before; their cost is shown relative to ours.

Run 'npm run build' first: without it our programs run from source. Leave the machine otherwise idle.`;

/** The case that counts losses instead of cost: it runs alone. */
export interface WantedChange {
  readonly change: Course;
  readonly subjects: readonly SubjectName[];
}

const OPTIONS = {
  quick: { type: 'boolean', default: false },
  smoke: { type: 'boolean', default: false },
  only: { type: 'string' },
  rows: { type: 'string' },
  report: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  out: { type: 'string' },
} as const;

/** `--only change`; undefined for everything else. */
export function readChange(args: readonly string[]): WantedChange | undefined {
  const { only, rows, quick, smoke, help } = parseArgs({ args: [...args], options: OPTIONS }).values;
  if (only !== 'change' || help) return undefined;
  const chosen = rows?.split(',').map((name) => among(subjects, 'subject', name));
  return { change: quick || smoke ? QUICK : FULL, subjects: chosen ?? keys(subjects) };
}

/** `--only workers`, `--only certificates`. */
export function wantsOnly(name: 'workers' | 'certificates', args: readonly string[]): boolean {
  const { only, help } = parseArgs({ args: [...args], options: OPTIONS }).values;
  return only === name && help !== true;
}

/** Throws the errors of parseArgs, and RangeError for an unknown case or contender. */
export function readCommandLine(args: readonly string[]): Wanted | 'list' | 'help' {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return 'help';
  if (values.list) return 'list';
  return {
    cases: values.report
      ? []
      : values.only === undefined
        ? keys(cases)
        : values.only.split(',').map((name) => among(cases, 'case', name)),
    rows: values.rows?.split(',').map((name) => among(contenders, 'contender', name)),
    pace: PACES[values.smoke ? 'smoke' : values.quick ? 'quick' : 'full'],
    out: values.out === undefined ? undefined : resolve(values.out),
  };
}

function keys<T extends object>(all: T): (keyof T & string)[] {
  return Object.keys(all) as (keyof T & string)[];
}

function among<T extends object>(all: T, what: string, name: string): keyof T & string {
  const found = keys(all).find((one) => one === name);
  if (found === undefined) throw new RangeError(`no such ${what} '${name}'; see --help and --list`);
  return found;
}
