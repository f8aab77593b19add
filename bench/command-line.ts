import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cases } from './cases.ts';
import type { CaseName } from './cases.ts';
import { contenders } from './contenders.ts';
import type { ContenderName } from './contenders.ts';

/** How long a run takes, and how far its figures can be trusted. */
export interface Pace {
  readonly name: 'full' | 'quick' | 'smoke';
  /** Of load for each measurement. */
  readonly seconds: number;
  readonly rounds: number;
  /** Seconds of their own processor time that programs that compile while they run get before the first measurement; a third for others. */
  readonly warmUp: number;
  /** Seconds in which the connections of a measurement are made; not counted. */
  readonly settle: number;
  /** What part of the connections the case with silent ones opens. */
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
  /** Where results go instead of bench/results; docs/performance.md is then left alone. */
  readonly out: string | undefined;
}

export const HELP = `npm run bench -- [OPTIONS]

Measures what the router and tls-terminator cost, beside HAProxy, stunnel, hitch, nginx and proxies made of Node
libraries. Every case starts its contenders on one core, and load and origin on another; the figure to look at is the
processor time of the contender for each request. Contenders take turns, so that a ratio is made of two measurements
that follow each other; the table has the median of these ratios and, beside it, least ÷ least.

Requests differ from one to the next (path, query, cookies), as they do in life; 'small-repeated' alone repeats one.

  --only NAME,…   these cases; without it all of them (about an hour)
  --rows NAME,…   these contenders: ${Object.keys(contenders).join(', ')}
  --quick         3 rounds of 2 seconds instead of 5 of 3: the report calls the figures provisional
  --smoke         1 round of half a second: shows that a case works; its figures mean nothing
  --out FOLDER    results and report go there instead of bench/results and docs/performance.md
  --report        measure nothing: write the report anew from the results that are there
  --list          the cases
  --help          this text

Run 'npm run build' first: without it our programs run from source. Do nothing else on the machine meanwhile.`;

/** Throws what parseArgs throws, and RangeError for a case or a contender that does not exist. */
export function readCommandLine(args: readonly string[]): Wanted | 'list' | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      only: { type: 'string' },
      rows: { type: 'string' },
      report: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
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
  if (found === undefined) throw new RangeError(`no ${what} is named '${name}'; see --help and --list`);
  return found;
}
