import type { BackendRuntime } from '../backend/runtime.ts';
import type { ServerRuntime } from '../backend/server.ts';
import type { CheckConfig } from '../model/snapshot.ts';
import type { ProbeDeps } from './probe.ts';
import { probe } from './probe.ts';
import { firstPauses, jittered, pauseAfter } from './schedule.ts';

export interface CheckDeps extends ProbeDeps {
  /** Uniform in [0, 1). */
  random(): number;
  /** Percent of jitter (`spread-checks`), 0..50. */
  readonly spreadChecks: number;
}

interface Checks {
  readonly backend: BackendRuntime;
  readonly server: ServerRuntime;
  readonly check: CheckConfig;
}

/**
 * Checks every server that wants it, one check at a time each, and tells its backend the results.
 * A server in maintenance is not checked, and at once when it leaves. Nothing is left open after `stop`.
 */
export function startChecks(backends: readonly BackendRuntime[], deps: CheckDeps): { stop(): void } {
  const all = backends.flatMap((backend) =>
    backend.servers.flatMap((server): Checks[] => {
      const { check } = server.config;
      return check === undefined ? [] : [{ backend, server, check }];
    }),
  );
  const pauses = firstPauses(all.map(({ check }) => check.inter));
  const loops = all.map((checks, index) => startLoop(checks, pauses[index] ?? 0, deps));
  return {
    stop() {
      for (const loop of loops) loop.stop();
    },
  };
}

function startLoop({ backend, server, check }: Checks, firstPause: number, deps: CheckDeps): { stop(): void } {
  let timer: { cancel(): void } | undefined;
  let running: { abort(): void } | undefined;
  let resting = server.administrative === 'maint';
  if (!resting) timer = deps.after(firstPause, start);
  const unwatch = backend.watch((changed) => {
    if (changed !== server || resting === (server.administrative === 'maint')) return;
    resting = !resting;
    if (resting) rest();
    else start();
  });
  return {
    stop() {
      unwatch();
      resting = true;
      rest();
    },
  };

  function start(): void {
    timer = undefined;
    running = probe({ backend: backend.config, server: server.config, check }, deps, (result) => {
      running = undefined;
      backend.checked(server, result);
      // Whoever watches may have sent the server to rest, and back: then the next check runs already.
      if (!resting && running === undefined)
        timer = deps.after(jittered(pauseAfter(check, server.health), deps.spreadChecks, deps.random()), start);
    });
  }

  function rest(): void {
    timer?.cancel();
    timer = undefined;
    running?.abort();
    running = undefined;
  }
}
