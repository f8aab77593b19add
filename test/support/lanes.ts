/** Several frontends in one process, each with a backend of its own: cases of a table, where a start for each would cost more than the cases. */
import type { TestContext } from 'node:test';
import { Origin } from './origin.ts';
import { freePort } from './ports.ts';
import type { Router } from './programs.ts';
import { startRouting } from './routing.ts';
import type { Statements } from './routing.ts';

export interface LaneParts {
  /** Parameters after the bind address. */
  readonly bind?: string;
  readonly frontend?: Statements;
  readonly backend: Statements;
  /** How many scripted servers it has: 1. */
  readonly servers?: number;
}

export interface Lane {
  readonly port: number;
  readonly origins: readonly Origin[];
}

/** Starts one router with a lane for each of the given parts, in their order; `frontend` is in front of what each says. */
export async function startLanes(
  t: TestContext,
  router: Router,
  parts: readonly LaneParts[],
  { global, frontend = [] }: { readonly global?: Statements; readonly frontend?: Statements } = {},
): Promise<readonly Lane[]> {
  const lanes: Lane[] = [];
  const sections: Record<string, Statements> = {};
  for (const [index, part] of parts.entries()) {
    const port = await freePort();
    const origins: Origin[] = [];
    for (let count = part.servers ?? 1; count > 0; count -= 1) origins.push(await Origin.listen(t));
    sections[`frontend front${index}`] = [
      `bind 127.0.0.1:${port} ${part.bind ?? ''}`,
      ...frontend,
      ...(part.frontend ?? []),
      `default_backend lane${index}`,
    ];
    sections[`backend lane${index}`] = [
      ...part.backend,
      ...origins.map(({ port: to }, number) => `server s${number} 127.0.0.1:${to}`),
    ];
    lanes.push({ port, origins });
  }
  await startRouting(t, router, { ...(global !== undefined && { global }), sections });
  return lanes;
}
