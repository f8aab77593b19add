import { cases } from './cases.ts';
import type { CaseName } from './cases.ts';
import { cells, plain, withRange } from './format.ts';
import { METRICS } from './measure/sample.ts';
import { spread } from './measure/statistics.ts';
import { ratiosOf } from './peers.ts';
import type { Result } from './results.ts';

const SHOWN = [
  ['small', "differing, like a browser's"],
  ['small-api', "differing, like an API client's"],
  ['small-bare', 'differing, Host alone'],
  ['small-repeated', 'one bare request repeated'],
  ['applications', "1,000 applications, like a browser's, hosts differ"],
] as const satisfies readonly (readonly [CaseName, string])[];

const LOAD = '64 connections';

/** The difference between repeating one request and sending different ones. */
export function differing(results: readonly Result[]): string[] {
  const lines = SHOWN.flatMap(([name, title]) => {
    const samples = results.find((result) => result.case === name)?.samples;
    if (samples === undefined) return [];
    const cost = (row: string): string => {
      const found = spread((samples[row]?.[LOAD] ?? []).map(METRICS.cost));
      return found === undefined ? '' : plain(found.median);
    };
    const ratios = ratiosOf(cases[name].rows, samples);
    const [router, pipe] = ['router', 'a bare pipe in Node'].map((row) => ratios[row]?.[LOAD]);
    const shown = (one: typeof router): string => (one === undefined ? '' : withRange(one));
    return [
      cells([
        title,
        cost('router'),
        cost('HAProxy'),
        shown(router),
        router === undefined ? '' : plain(router.best),
        shown(pipe),
      ]),
    ];
  });
  const head = [
    'requests',
    'router µs',
    'HAProxy µs',
    'router ÷ HAProxy, same round',
    'least ÷ least',
    'bare pipe ÷ HAProxy, same round',
  ];
  return ['## Requests that differ', '', TEXT, '', cells(head), cells(head.map(() => '---')), ...lines, ''];
}

const TEXT = `Requests of real clients differ in path, query and cookies, and so do the responses. A program that remembers the previous head
does better with a load generator that repeats one request than with any application; until 2026-11-26 the router did, and this page
measured it that way. The row with the repeated request shows what repetition is worth; no goal is based
on it. Responses to differing requests carry a new ETag each time, except for bodies of 64 kB and more.`;
