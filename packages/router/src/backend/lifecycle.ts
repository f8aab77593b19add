import type { ServerRuntime } from './server.ts';
import type { WaitingDeps } from './waiting.ts';

/** How often the weight of a server that warms up grows, and the least time between two steps, in milliseconds. */
const WARMING_STEPS = 20;
const LEAST_WARMING = 1000;

/** What follows when a server of a backend goes down, or comes back: sessions end, and it warms up. */
export class Lifecycle {
  readonly #deps: WaitingDeps;
  readonly #refresh: () => void;
  readonly #warming = new Set<{ cancel(): void }>();

  /** `refresh`: balances anew. */
  constructor(deps: WaitingDeps, refresh: () => void) {
    this.#deps = deps;
    this.#refresh = refresh;
  }

  /** After a change of its state; `servers`: all of its backend. */
  settle(server: ServerRuntime, servers: readonly ServerRuntime[]): void {
    const { stopped, wasStopped, config } = server;
    if (stopped === wasStopped) return;
    server.wasStopped = stopped;
    if (stopped && config.onMarkedDown) end([server], 'down');
    if (!stopped && config.onMarkedUp && !config.backup)
      end(
        servers.filter((other) => other.config.backup),
        'up',
      );
    server.warmingSince = stopped || config.slowstart === 0 ? undefined : this.#deps.now();
    if (server.warming) this.#warm(server);
  }

  stop(): void {
    for (const timer of this.#warming) timer.cancel();
    this.#warming.clear();
  }

  /** Balances anew as a server warms up, in HAProxy's steps. */
  #warm(server: ServerRuntime): void {
    this.#refresh();
    const timer = this.#deps.after(Math.max(LEAST_WARMING, server.config.slowstart / WARMING_STEPS), () => {
      this.#warming.delete(timer);
      if (server.warming && !server.dropped) return this.#warm(server);
      server.warmingSince = undefined;
      this.#refresh();
    });
    this.#warming.add(timer);
  }
}

/** Ending one removes it from the set that is read. */
function end(servers: readonly ServerRuntime[], why: 'down' | 'up'): void {
  for (const { sessions } of servers) for (const session of sessions) session.shutdown(why);
}
