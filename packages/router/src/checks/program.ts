/** Checks that run a program (HAProxy: `option external-check`). */
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { launch } from '@headgate/shared/process/launch';
import type { CheckResult, ServerState } from '../model/backend.ts';
import type { CheckProgram, CheckStatus } from '../model/check.ts';

/** Programs that run at the same time, in the entire process; further ones wait for their turn. */
export const MOST_PROGRAMS = 64;
/** How long a program that has to end may take to do so, in milliseconds. */
const GRACE = 1000;
/** What HAProxy's child exits with when it cannot become the program. */
const NOT_STARTED = 255;

export interface ProgramDeps {
  now(): number;
  after(ms: number, fn: () => void): { cancel(): void };
}

export interface Run {
  readonly program: CheckProgram;
  readonly server: ServerState;
  /** Milliseconds that it may take. */
  readonly limit: number;
}

/**
 * Runs the programs of checks, each in a process group of its own, without input and output. One that takes too long is ended
 * together with everything that it has started. Their number is limited, counting those that do not end when they are killed.
 */
export class Programs {
  readonly #deps: ProgramDeps;
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  readonly #running = new Set<Child>();

  constructor(deps: ProgramDeps, most = MOST_PROGRAMS) {
    this.#deps = deps;
    this.#most = most;
  }

  /** Calls `done` once, unless it is aborted first. */
  run(asked: Run, done: (result: CheckResult) => void): { abort(): void } {
    const deps = this.#deps;
    const begun = deps.now();
    let over = false;
    let child: Child | undefined;
    const finish = (status: CheckStatus, code: number | undefined, info = ''): void => {
      if (over) return;
      over = true;
      timer.cancel();
      this.#waiting.delete(start);
      done({ passed: status === 'PROCOK', status, code, info, duration: deps.now() - begun });
    };
    const start = (): void => {
      this.#waiting.delete(start);
      timer.cancel();
      timer = deps.after(asked.limit, () => {
        child?.end(deps);
        finish('PROCTOUT', 0);
      });
      const started = new Child(asked, (code) => {
        this.#running.delete(started);
        this.#next();
        finish(code === 0 ? 'PROCOK' : 'PROCERR', code);
      });
      this.#running.add(started);
      child = started;
    };
    // Others are running: it waits for its turn, but not indefinitely.
    let timer = deps.after(asked.limit, () =>
      finish('SOCKERR', undefined, `${this.#most} programs of checks are running`),
    );
    this.#waiting.add(start);
    this.#next();
    return {
      abort: () => {
        over = true;
        timer.cancel();
        this.#waiting.delete(start);
        child?.kill('SIGKILL');
      },
    };
  }

  /** The process ends: nothing that it has started outlives it. */
  stop(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }

  #next(): void {
    for (const start of this.#waiting) {
      if (this.#running.size >= this.#most) return;
      start();
    }
  }
}

/** One process, with the group that it leads. */
class Child {
  readonly #process: ChildProcess | undefined;
  #ended = false;

  /** `ended`: with its exit code, or -1 when a signal has ended it. */
  constructor({ program, server }: Run, ended: (code: number) => void) {
    const once = (code: number): void => {
      if (this.#ended) return;
      this.#ended = true;
      ended(code);
    };
    const options: SpawnOptions = { detached: true, stdio: 'ignore', env: environmentOf(program, server) };
    this.#process = launch(program.command, argumentsOf(program, server), options, () => once(NOT_STARTED));
    this.#process?.once('exit', (code) => once(code ?? -1));
  }

  end(deps: ProgramDeps): void {
    this.kill('SIGTERM');
    // What it has started may ignore the first signal, and outlive it.
    deps.after(GRACE, () => this.#signal('SIGKILL'));
  }

  kill(signal: NodeJS.Signals): void {
    // Once it has ended its number may be that of another.
    if (!this.#ended) this.#signal(signal);
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended just now.
    }
  }
}

const NOT_USED = 'NOT_USED';

function argumentsOf({ proxy }: CheckProgram, server: ServerState): readonly string[] {
  const { host, port } = placeOf(server);
  return [proxy?.host ?? NOT_USED, String(proxy?.port ?? NOT_USED), host, String(port ?? NOT_USED)];
}

/** All that it gets: nothing of the router's own environment. */
function environmentOf({ path, proxy, protocol }: CheckProgram, server: ServerState): Record<string, string> {
  const { config, backend, id, current } = server;
  const { host, port } = placeOf(server);
  return {
    PATH: path,
    HAPROXY_PROXY_NAME: backend.config.name,
    HAPROXY_PROXY_ID: String(backend.config.number),
    HAPROXY_PROXY_ADDR: proxy?.host ?? '',
    HAPROXY_PROXY_PORT: String(proxy?.port ?? ''),
    HAPROXY_SERVER_NAME: config.name,
    HAPROXY_SERVER_ID: String(id),
    HAPROXY_SERVER_ADDR: host,
    HAPROXY_SERVER_PORT: String(port ?? ''),
    HAPROXY_SERVER_MAXCONN: String(config.maxconn),
    HAPROXY_SERVER_CURCONN: String(current),
    HAPROXY_SERVER_SSL: config.tls === undefined ? '0' : '1',
    HAPROXY_SERVER_PROTO: protocol,
  };
}

function placeOf({ config: { address } }: ServerState): { readonly host: string; readonly port: number | undefined } {
  if (address.kind === 'unix') return { host: address.path, port: undefined };
  return { host: address.host === 'localhost' ? '127.0.0.1' : address.host || '0.0.0.0', port: address.port };
}
