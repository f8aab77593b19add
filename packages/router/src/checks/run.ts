import { addressText } from '@headgate/shared/net/endpoint';
import type { BackendRuntime } from '../backend/runtime.ts';
import type { ServerRuntime } from '../backend/server.ts';
import type { AgentReply, CheckResult } from '../model/backend.ts';
import { PLAIN_CHECK, type AgentConfig } from '../model/server.ts';
import type { CheckConfig, Server } from '../model/snapshot.ts';
import { agentScript, asAgent } from './agent.ts';
import type { Probed, ProbeDeps } from './probe.ts';
import { probe } from './probe.ts';
import { stateText } from './state-text.ts';
import { Programs } from './program.ts';
import { checkTimeouts, firstPauses, jittered, pauseAfter } from './schedule.ts';

export interface CheckDeps extends ProbeDeps {
  /** Uniform in [0, 1). */
  random(): number;
}

/** What is repeated for one server: its checks, or the questions to its agent. */
interface Routine {
  readonly backend: BackendRuntime;
  readonly server: ServerRuntime;
  readonly config: CheckConfig | AgentConfig;
  /** Tries once, and then calls `done` with what reports the result, unless it is aborted first. */
  readonly begin: (done: (report: () => void) => void) => { abort(): void };
  /** Not now: there is nothing to try. */
  readonly rests: () => boolean;
  /** Milliseconds until the next time. */
  readonly pause: () => number;
}

interface Loop {
  /** The settings it was started with, as text. */
  readonly settings: string;
  stop(): void;
}

type Loops = Map<ServerRuntime, Loop>;

/**
 * Runs the checks of every server that has them, one at a time per server, and asks its agent; the results go to its backend.
 * A server in maintenance, or without an address, is not checked; it is checked immediately when that ends. After `stop`
 * nothing is left open.
 */
export class Checks {
  readonly #deps: CheckDeps;
  readonly #checks: Loops = new Map();
  readonly #agents: Loops = new Map();
  readonly #programs: Programs;
  #spread = 0;
  #maxSpread = 0;

  constructor(deps: CheckDeps) {
    this.#deps = deps;
    this.#programs = new Programs(deps);
  }

  /**
   * Checks the servers of these backends from now on, and no others. Checks whose settings did not change continue undisturbed;
   * the request and the expected response are read from the backend for every check. `spreadChecks`: percent of jitter, 0..50;
   * `maxSpreadChecks`: the most milliseconds between the first checks, 0 for no limit.
   */
  follow(backends: readonly BackendRuntime[], spreadChecks: number, maxSpreadChecks = 0): void {
    this.#spread = spreadChecks;
    this.#maxSpread = maxSpreadChecks;
    const all = backends.flatMap((backend) => backend.servers.map((server) => ({ backend, server })));
    this.#followIn(
      this.#checks,
      all.map(({ backend, server }) => this.#checking(backend, server)),
    );
    this.#followIn(
      this.#agents,
      all.map(({ backend, server }) => asking(backend, server, this.#deps)),
    );
  }

  /** Makes one check of a server as it would be with these settings; its state does not change. */
  try({ config: backend }: BackendRuntime, server: ServerRuntime, config: Server): Promise<CheckResult> {
    const check = config.check ?? PLAIN_CHECK;
    return new Promise((resolve) => void this.#begin({ backend, server: config, check }, server, resolve));
  }

  stop(): void {
    for (const loops of [this.#checks, this.#agents]) {
      for (const loop of loops.values()) loop.stop();
      loops.clear();
    }
    this.#programs.stop();
  }

  #begin(
    probed: Omit<Probed, 'tested'>,
    server: ServerRuntime,
    done: (result: CheckResult) => void,
  ): { abort(): void } {
    const { program } = probed.backend.checkScript;
    if (program === undefined) return probe({ ...probed, tested: tested(server, this.#deps) }, this.#deps, done);
    const { connect } = checkTimeouts(probed.check, probed.backend.timeouts);
    return this.#programs.run({ program, server, limit: connect }, done);
  }

  #checking(backend: BackendRuntime, server: ServerRuntime): Routine | undefined {
    const { check } = server.config;
    if (check === undefined) return undefined;
    return {
      backend,
      server,
      config: check,
      begin: (done) =>
        this.#begin({ backend: backend.config, server: server.config, check }, server, (result) =>
          done(() => backend.checked(server, result)),
        ),
      rests: () => server.administrative === 'maint' || server.unresolved,
      pause: () => pauseAfter(check, server.health),
    };
  }

  #followIn(loops: Loops, routines: readonly (Routine | undefined)[]): void {
    const wanted = new Map(
      routines.flatMap((one) => (one === undefined || one.config.paused === true ? [] : [[one.server, one] as const])),
    );
    for (const [server, loop] of loops) {
      const config = wanted.get(server)?.config;
      if (config !== undefined && loop.settings === JSON.stringify(config)) continue;
      loop.stop();
      loops.delete(server);
    }
    const missing = [...wanted.values()].filter(({ server }) => !loops.has(server));
    const pauses = firstPauses(
      missing.map(({ config }) => config.inter),
      this.#maxSpread,
    );
    for (const [index, one] of missing.entries()) loops.set(one.server, this.#start(one, pauses[index] ?? 0));
  }

  #start({ backend, server, config, begin, rests, pause }: Routine, firstPause: number): Loop {
    const deps = this.#deps;
    let timer: { cancel(): void } | undefined;
    let running: { abort(): void } | undefined;
    let due = 0;
    let resting = rests();
    const start = (): void => {
      timer = undefined;
      running = begin((report) => {
        running = undefined;
        report();
        // The observer may have put the server into maintenance and back: then the next check is already running.
        if (!resting && running === undefined) wait(jittered(pause(), this.#spread, deps.random()));
      });
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
      if (hurried !== server || timer === undefined || !('fastinter' in config)) return;
      if (deps.now() + config.fastinter >= due) return;
      timer.cancel();
      wait(config.fastinter);
    };
    backend.hurries.add(hurry);
    const unwatch = backend.watch((changed) => {
      if (changed !== server || resting === rests()) return;
      resting = !resting;
      if (resting) rest();
      else start();
    });
    return {
      settings: JSON.stringify(config),
      stop() {
        unwatch();
        backend.hurries.delete(hurry);
        resting = true;
        rest();
      },
    };
  }
}

/** An agent is asked in maintenance too: it may end it. */
function asking(backend: BackendRuntime, server: ServerRuntime, deps: CheckDeps): Routine | undefined {
  const config = server.config.agent;
  if (config === undefined) return undefined;
  return {
    backend,
    server,
    config,
    begin(done) {
      const asked = asAgent(server.config, config);
      let said: AgentReply | undefined;
      const checkScript = agentScript(config, server.lastAgent, (reply) => void (said = reply));
      return probe(
        {
          backend: { ...backend.config, checkScript },
          server: asked,
          check: asked.check,
          tested: tested(server, deps),
        },
        deps,
        (result) => done(() => backend.heard(server, said ?? result, result.duration)),
      );
    },
    rests: () => server.unresolved && config.host === undefined,
    pause: () => config.inter,
  };
}

/** For a `Host`: where requests and checks go, unless they say more. */
function authorityOf({ address }: Server): string {
  return address.kind === 'unix' ? 'localhost' : addressText(address.host, address.port);
}

function tested(server: ServerRuntime, deps: CheckDeps): Probed['tested'] {
  return {
    place: { backend: server.backend, server },
    address: authorityOf(server.config),
    state: () => stateText(server, deps.facts().world.hostname),
    leavesOn404: server.backend.config.disableOn404 && server.operational === 'up',
  };
}
