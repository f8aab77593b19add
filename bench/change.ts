import { cases } from './cases.ts';
import { contenders } from './contenders.ts';
import { cells, plain, withRange } from './format.ts';
import { ratio } from './measure/ratio.ts';
import { METRICS } from './measure/sample.ts';
import { provisional } from './provisional.ts';
import type { Result } from './results.ts';

const PAIRS = [
  ['router', 'router-before'],
  ['terminator', 'terminator-before'],
  ['pipeline', 'pipeline-before'],
] as const;

/** What a change cost: our programs and those of another clone, in the same rounds (HEADGATE_BENCH_BEFORE). */
export function change(results: readonly Result[]): string[] {
  if (results.length === 0) return [];
  const lines = results.flatMap((result) =>
    PAIRS.flatMap(([now, before]) =>
      cases[result.case].loads.flatMap(({ name: load }) => {
        const of = (row: string): number[] => (result.samples[row]?.[load] ?? []).map(METRICS.cost);
        const found = ratio(of(contenders[now].title), of(contenders[before].title), 'lower');
        if (found === undefined) return [];
        const title = contenders[now].title;
        const doubt = provisional(result) === undefined ? '' : 'provisional';
        return [cells([result.case, title, load, withRange(found), plain(found.best), result.machine.commit, doubt])];
      }),
    ),
  );
  return [
    '## Before and after',
    '',
    'Cost ÷ the cost of an earlier commit in the same rounds. Rows of commit 0462e72: of 6db7021, which had the sockets in the engine',
    "([decision 32](adr/0032-sockets-as-links.md)). Rows of commit 5b0a190: of 05739fb, which had Node's streams around its connections",
    '([decision 44](adr/0044-connections-without-streams.md)). The others: of 3dac376d, before the router was rearranged ([redesign](adr/0027-one-running-router.md)).',
    '`HEADGATE_BENCH_BEFORE=CLONE npm run bench -- --only CASE --rows router,router-before`. What was added to the router in between',
    '(counters, statistics, limits) is part of it.',
    '',
    cells(['case', '', 'load', 'cost ÷ before, same round', 'least ÷ least', 'commit', '']),
    cells(Array.from({ length: 7 }, () => '---')),
    ...lines,
    '',
  ];
}
