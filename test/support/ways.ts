/** HAProxy and each engine of the router: the ways that the same configuration and the same bytes can take. */
import type { TestContext } from 'node:test';
import { ENGINES, engineStatements } from './engines.ts';
import { Origin } from './origin.ts';
import { startRouting } from './routing.ts';
import type { RoutingParts, Statements } from './routing.ts';
import type { Syslog } from './syslog.ts';

export interface Way {
  readonly name: string;
  readonly router: 'haproxy' | 'router';
  /** Statements of its frontend that choose the engine. */
  readonly own: Statements;
}

export const OURS: readonly Way[] = ENGINES.map((engine) => ({
  name: engine,
  router: 'router',
  own: engineStatements(engine),
}));
export const ALL: readonly Way[] = [{ name: 'haproxy', router: 'haproxy', own: [] }, ...OURS];

/** Starts one way to a server of its own, which is `one`; `server`: its parameters. */
export async function startWay(
  t: TestContext,
  { router, own }: Way,
  { frontend = [], backend = [], ...parts }: RoutingParts,
  server = '',
): Promise<{ readonly origin: Origin; readonly port: number; readonly syslog: Syslog }> {
  const origin = await Origin.listen(t);
  const { port, syslog } = await startRouting(t, router, {
    ...parts,
    frontend: [...own, ...frontend],
    backend: [...backend, `server one 127.0.0.1:${origin.port} ${server}`.trimEnd()],
  });
  return { origin, port, syslog };
}
