import { cases } from './cases.ts';
import { cells, plain, withRange } from './format.ts';
import { METRICS } from './measure/sample.ts';
import type { Case, Sample } from './measure/sample.ts';
import { spread } from './measure/statistics.ts';
import { ratiosOf } from './peers.ts';
import type { Ratios } from './peers.ts';
import { provisional } from './provisional.ts';
import type { Result } from './results.ts';

/** One column of figures: its heading, and the cell for a row's samples. */
interface Column {
  readonly head: string;
  readonly cell: (samples: readonly Sample[]) => string;
}

/** The table of one case. */
export function section(result: Result): string[] {
  const { title, rows, loads, findings }: Case = cases[result.case];
  const ratios = ratiosOf(rows, result.samples);
  const columns = columnsOf(
    cases[result.case],
    Object.values(result.samples).flatMap((one) => Object.values(one).flat()),
  );
  const head = [
    '',
    ...(loads.length > 1 ? ['load'] : []),
    columns[0]?.head ?? '',
    'cost ÷ peer, same round',
    'least ÷ least',
    ...columns.slice(1).map((column) => column.head),
  ];
  const lines = loads.flatMap(({ name: load }) =>
    rows.flatMap(({ name }) => {
      const all = result.samples[name]?.[load];
      if (all === undefined) return [];
      const [cost, ...rest] = columns.map(({ cell }) => cell(all));
      return [cells([name, ...(loads.length > 1 ? [load] : []), cost ?? '', ...compared(ratios, name, load), ...rest])];
    }),
  );
  const skipped = Object.entries(result.skipped).map(
    ([name, reason]) => `- ${name}: skipped, ${reason.split('\n')[0] ?? ''}`,
  );
  const doubt = provisional(result);
  return [
    `## ${title}`,
    '',
    ...(doubt === undefined
      ? []
      : [`**Provisional**: ${doubt}. To be replaced by \`npm run bench -- --only ${result.case}\`.`, '']),
    cells(head),
    cells(head.map(() => '---')),
    ...lines,
    '',
    ...(skipped.length > 0 ? [...skipped, ''] : []),
    `\`${result.command}\``,
    '',
    ...(findings === undefined ? [] : [findings, '']),
  ];
}

function compared(ratios: Ratios, row: string, load: string): string[] {
  const found = ratios[row]?.[load];
  return found === undefined ? ['', ''] : [`${withRange(found)} × ${found.peer}`, plain(found.best)];
}

function columnsOf({ item }: Case, samples: readonly Sample[]): Column[] {
  const has = (key: 'memory' | 'collections' | 'p50'): boolean => samples.some((sample) => sample[key] !== undefined);
  if (item === 'start')
    return [
      ranged('ms of processor time', ({ processor }) => 1000 * processor),
      ranged('ms until it listens', ({ seconds }) => 1000 * seconds),
      middle('resident MB at rest', ({ resident }) => resident / 1e6),
      middle('proportional MB (PSS)', ({ memory }) => (memory ?? Number.NaN) / 1e6),
    ];
  const { unit, scale } = item === 'GB' ? { unit: 'ms', scale: 1e-3 } : { unit: 'µs', scale: 1 };
  return [
    ranged(`${unit} of processor time per ${item}`, (sample) => scale * METRICS.cost(sample)),
    ranged(`${item === 'GB' ? item : `${item}s`} per second`, METRICS.rate),
    middle('% of its core', ({ processor, seconds }) => (100 * processor) / seconds),
    ...(has('p50')
      ? [middle('p50 ms', ({ p50 }) => p50 ?? Number.NaN), middle('p99 ms', ({ p99 }) => p99 ?? Number.NaN)]
      : []),
    middle('resident MB', ({ resident }) => resident / 1e6),
    ...(has('collections')
      ? [
          middle(
            `young collections per 1000 ${item}s`,
            (sample) => (1000 * (sample.collections ?? Number.NaN)) / sample.items,
          ),
        ]
      : []),
    ...(has('memory') ? [ranged(`kB per ${item}`, (sample) => METRICS.memory(sample) / 1000)] : []),
  ];
}

/** Median and range. */
function ranged(head: string, value: (sample: Sample) => number): Column {
  return {
    head,
    cell: (samples) => {
      const found = spread(samples.map(value));
      return found === undefined ? '' : withRange(found);
    },
  };
}

/** The median alone. */
function middle(head: string, value: (sample: Sample) => number): Column {
  return {
    head,
    cell: (samples) => {
      const found = spread(samples.map(value));
      return found === undefined ? '' : plain(found.median);
    },
  };
}
