import type { BackendRuntime } from '../backend/runtime.ts';
import type { ServerRuntime } from '../backend/server.ts';
import type { CheckResult } from '../model/backend.ts';
import { PLAIN_CHECK } from '../model/server.ts';
import type { CheckConfig, Server } from '../model/snapshot.ts';
import type { Probed, ProbeDeps } from './probe.ts';
import { probe } from './probe.ts';
import { stateText } from './state-text.ts';
import { firstPauses, jittered, pauseAfter } from './schedule.ts';

export interface CheckDeps extends ProbeDeps {
  /** Uniform in [0, 1). */
  random(): number;
}

interface Wanted {
  readonly backend: BackendRuntime;
  readonly server: ServerRuntime;
  readonly check: CheckConfig;
}

interface Loop {
  /** The settings it was started with, as text. */
  readonly settings: string;
  stop(): void;
}

/**
 * Runs the checks of every server that has them, one at a time per server, and reports the results to its backend.
 * A server in maintenance, or without an address, is not checked; it is checked immediately when that ends. After `stop`
 * nothing is left open.
 */
export class Checks {
  readonly #deps: CheckDeps;
  readonly #loops = new Map<ServerRuntime, Loop>();
  #spread = 0;

  constructor(deps: CheckDeps) {
    this.#deps = deps;
  }

  /**
   * Checks the servers of these backends from now on, and no others. Checks whose settings did not change continue undisturbed;
   * the request and the expected response are read from the backend for every check. `spreadChecks`: percent of jitter, 0..50.
   */
  follow(backends: readonly BackendRuntime[], spreadChecks: number): void {
    this.#spread = spreadChecks;
    const wanted = backends.flatMap((backend) =>
      backend.servers.flatMap((server): Wanted[] => {
        const { check } = server.config;
        return check === undefined || check.paused === true ? [] : [{ backend, server, check }];
      }),
    );
    const servers = new Set(wanted.map(({ server }) => server));
    for (const [server, loop] of this.#loops) {
      if (servers.has(server) && loop.settings === JSON.stringify(server.config.check)) continue;
      loop.stop();
      this.#loops.delete(server);
    }
    const missing = wanted.filter(({ server }) => !this.#loops.has(server));
    const pauses = firstPauses(missing.map(({ check }) => check.inter));
    for (const [index, one] of missing.entries()) this.#loops.set(one.server, this.#start(one, pauses[index] ?? 0));
  }

  /** Makes one check of a server as it would be with these settings; its state does not change. */
  try({ config: backend }: BackendRuntime, server: ServerRuntime, config: Server): Promise<CheckResult> {
    const check = config.check ?? PLAIN_CHECK;
    const state = tested(server, this.#deps);
    return new Promise((resolve) => void probe({ backend, server: config, check, tested: state }, this.#deps, resolve));
  }

  stop(): void {
    for (const loop of this.#loops.values()) loop.stop();
    this.#loops.clear();
  }

  #start({ backend, server, check }: Wanted, firstPause: number): Loop {
    const deps = this.#deps;
    let timer: { cancel(): void } | undefined;
    let running: { abort(): void } | undefined;
    let due = 0;
    let resting = rests(server);
    const start = (): void => {
      timer = undefined;
      running = probe(
        { backend: backend.config, server: server.config, check, tested: tested(server, deps) },
        deps,
        (result) => {
          running = undefined;
          backend.checked(server, result);
          // The observer may have put the server into maintenance and back: then the next check is already running.
          if (!resting && running === undefined)
            wait(jittered(pauseAfter(check, server.health), this.#spread, deps.random()));
        },
      );
    };
    const rest = (): void => {
      timer?.cancel();
      timer = undefined;
      running?.abort();
      running = undefined;
    };
    const wait = (ms: number): void => {
      due = deps.now() + ms;
      timer = deps.after(ms, start);
    };
    if (!resting) wait(firstPause);
    // Its traffic went wrong (`observe`): the next check comes after `fastinter` at the latest.
    const hurry = (hurried: ServerRuntime): void => {
      if (hurried !== server || timer === undefined || deps.now() + check.fastinter >= due) return;
      timer.cancel();
      wait(check.fastinter);
    };
    backend.hurries.add(hurry);
    const unwatch = backend.watch((changed) => {
      if (changed !== server || resting === rests(server)) return;
      resting = !resting;
      if (resting) rest();
      else start();
    });
    return {
      settings: JSON.stringify(check),
      stop() {
        unwatch();
        backend.hurries.delete(hurry);
        resting = true;
        rest();
      },
    };
  }
}

function rests({ administrative, unresolved }: ServerRuntime): boolean {
  return administrative === 'maint' || unresolved;
}

function tested(server: ServerRuntime, deps: CheckDeps): Probed['tested'] {
  return {
    place: { backend: server.backend, server },
    state: () => stateText(server, deps.facts().world.hostname),
    leavesOn404: server.backend.config.disableOn404 && server.operational === 'up',
  };
}
