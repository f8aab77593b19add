import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cases } from './cases.ts';
import type { CaseName } from './cases.ts';

export interface Wanted {
  readonly cases: readonly CaseName[];
  readonly quick: boolean;
  /** Of load for each measurement. */
  readonly seconds: number;
  readonly rounds: number;
  /** Where results go instead of bench/results; docs/performance.md is then left alone. */
  readonly out: string | undefined;
}

/** Throws what parseArgs throws, and RangeError for a case that does not exist. */
export function readCommandLine(args: readonly string[]): Wanted | 'list' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      list: { type: 'boolean', default: false },
      out: { type: 'string' },
    },
  });
  if (values.list) return 'list';
  const names = values.only?.split(',') ?? Object.keys(cases);
  return {
    cases: names.map(caseName),
    quick: values.quick,
    seconds: values.quick ? 2 : 3,
    rounds: values.quick ? 3 : 5,
    out: values.out === undefined ? undefined : resolve(values.out),
  };
}

function caseName(name: string): CaseName {
  const found = (Object.keys(cases) as CaseName[]).find((one) => one === name);
  if (found === undefined) throw new RangeError(`no case is named '${name}'; see --list`);
  return found;
}
