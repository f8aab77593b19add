import type { TestContext } from 'node:test';
import { ENGINES, engineStatements } from '../support/engines.ts';
import { FLOODS, latencyDuring } from '../support/fairness.ts';
import type { Flood, Latency } from '../support/fairness.ts';
import { missing } from '../support/programs.ts';
import type { Router } from '../support/programs.ts';
import type { Statements } from '../support/routing.ts';
import type { Column, Row } from './table.ts';

/** Floods a fresh router and measures another client meanwhile. */
type Measure = (t: TestContext, flood: Flood) => Promise<Latency>;

export const floods: readonly Row<Measure>[] = Object.entries(FLOODS).map(([title, flood]) => ({
  kind: 'starve',
  title,
  run: (t, measure) => measure(t, flood),
}));

function routed(name: string, router: Router, frontend: Statements = []): Column<Measure> {
  return {
    name,
    missing: missing(router) === false ? false : 'not installed',
    start: () => Promise.resolve((t, flood) => latencyDuring(t, flood, router, frontend)),
  };
}

export const flooded: readonly Column<Measure>[] = [
  routed('HAProxy', 'haproxy'),
  ...ENGINES.map((engine) => routed(`${engine} engine`, 'router', engineStatements(engine))),
];
