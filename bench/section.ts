import { cases } from './cases.ts';
import { cells, plain, withRange } from './format.ts';
import { METRICS } from './measure/sample.ts';
import type { Sample } from './measure/sample.ts';
import { spread } from './measure/statistics.ts';
import type { Result } from './results.ts';

/** The table of one case. */
export function section(result: Result): string[] {
  const { title, item, rows, loads } = cases[result.case];
  const hasMemory = Object.values(result.samples).some((byLoad) =>
    Object.values(byLoad).some((all) => all.some(({ memory }) => memory !== undefined)),
  );
  const head = [
    '',
    ...(loads.length > 1 ? ['load'] : []),
    `${COST[item].unit} of processor time per ${item}`,
    `${item === 'GB' ? item : `${item}s`} per second`,
    'p50 ms',
    'p99 ms',
    'resident MB',
    ...(hasMemory ? [`kB per ${item}`] : []),
  ];
  const lines = loads.flatMap(({ name: load }) =>
    rows.flatMap(({ name }) => {
      const all = result.samples[name]?.[load];
      if (all === undefined) return [];
      return [cells([name, ...(loads.length > 1 ? [load] : []), ...figures(all, hasMemory, COST[item].scale)])];
    }),
  );
  const skipped = Object.entries(result.skipped).map(
    ([name, reason]) => `- ${name}: left out, ${reason.split('\n')[0] ?? ''}`,
  );
  return [
    `## ${title}`,
    '',
    cells(head),
    cells(head.map(() => '---')),
    ...lines,
    '',
    ...(skipped.length > 0 ? [...skipped, ''] : []),
    `\`${result.command}\``,
    '',
  ];
}

const COST = {
  request: { unit: 'µs', scale: 1 },
  message: { unit: 'µs', scale: 1 },
  connection: { unit: 'µs', scale: 1 },
  GB: { unit: 'ms', scale: 1e-3 },
} as const;

function figures(all: readonly Sample[], hasMemory: boolean, scale: number): string[] {
  const show = (value: (sample: Sample) => number): string => {
    const found = spread(all.map(value));
    return found === undefined ? '' : withRange(found);
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
