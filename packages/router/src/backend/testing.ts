/** Shared by the backend tests: one-line configurations, a manual clock, waiters that record what happened to them. */
import assert from 'node:assert/strict';
import type { Severity } from '@headgate/shared/log/logger';
import { IMPLICIT_CONNECT } from '../model/check.ts';
import type { CheckScript } from '../model/check.ts';
import { PLAIN_CHECK } from '../model/server.ts';
import type { Backend, Server } from '../model/snapshot.ts';
import { proxyConfig } from '../model/testing.ts';
import type { Asked } from './balance/testing.ts';
import { request, seededRandom } from './balance/testing.ts';
import type { CheckResult, ServerState, Waiter } from '../model/backend.ts';
import type { BackendDeps, BackendRuntime } from './runtime.ts';
import { createBackend } from './runtime.ts';

/** `check` alone. */
const CONNECT_ONLY: CheckScript = {
  kind: 'connect',
  steps: [{ ...IMPLICIT_CONNECT, number: 0, comment: undefined, remark: undefined }],
};

const at = { file: 'test', line: 1, column: 1 };

export function serverConfig(name: string, settings: Partial<Server> = {}): Server {
  return {
    name,
    id: 1,
    nonStick: false,
    slowstart: 0,
    track: undefined,
    endsSessions: false,
    onMarkedDown: false,
    onMarkedUp: false,
    observe: undefined,
    relative: undefined,
    source: undefined,
    names: undefined,
    redirect: undefined,
    maxReuse: -1,
    cookie: undefined,
    at,
    address: { kind: 'tcp', host: '127.0.0.1', port: 1 },
    weight: 1,
    maxconn: 0,
    minconn: 0,
    maxqueue: 0,
    check: undefined,
    backup: false,
    disabled: false,
    sendProxy: 0,
    agent: undefined,
    tls: undefined,
    poolMaxConn: -1,
    poolPurgeDelay: 5000,
    ...settings,
  };
}

export function backendConfig(servers: readonly Server[], settings: Partial<Backend> = {}): Backend {
  return {
    ...proxyConfig('be'),
    mode: 'http',
    answerDelay: 0,
    disabled: false,
    responseContentRules: [],
    balance: { name: 'roundrobin', args: [], hash: 'map-based' },
    servers,
    retries: 3,
    redispatch: 0,
    retryOn: new Set(['conn-failure']),
    checkScript: CONNECT_ONLY,
    disableOn404: false,
    allBackups: false,
    transparent: false,
    abortOnClose: false,
    logHealthChecks: false,
    originalTo: undefined,
    fullconn: 0,
    persistence: undefined,
    persistDown: false,
    preferLastServer: false,
    checkCache: false,
    pretendKeepAlive: false,
    nameHeader: undefined,
    reuse: 'safe',
    ...settings,
  };
}

export { PLAIN_CHECK as checkConfig };

/** Time advances only when a test advances it. */
export class FakeClock {
  time = 0;
  #timers: { readonly at: number; readonly fn: () => void }[] = [];

  get pending(): number {
    return this.#timers.length;
  }

  after = (ms: number, fn: () => void): { cancel(): void } => {
    const timer = { at: this.time + ms, fn };
    this.#timers.push(timer);
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) };
  };

  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = this.#timers.toSorted((a, b) => a.at - b.at)[0];
      if (due === undefined || due.at > end) break;
      this.#timers = this.#timers.filter((other) => other !== due);
      this.time = due.at;
      due.fn();
    }
    this.time = end;
  }
}

export interface Bench {
  readonly backend: BackendRuntime;
  readonly clock: FakeClock;
  /** `severity message` for each line reported. */
  readonly lines: string[];
  server(name: string): ServerState;
}

export function bench(config: Backend): Bench {
  const clock = new FakeClock();
  const lines: string[] = [];
  const deps: BackendDeps = {
    now: () => clock.time,
    after: clock.after,
    random: seededRandom(),
    report: (severity: Severity, message: string) => void lines.push(`${severity} ${message}`),
  };
  const backend = createBackend(config, deps);
  return {
    backend,
    clock,
    lines,
    server(name) {
      const found = backend.servers.find((server) => server.config.name === name);
      if (found === undefined) throw new Error(`no server ${name}`);
      return found;
    },
  };
}

/** Records how its wait ended: `waiting`, the name of a server, or why it was refused. */
export interface TestWaiter extends Waiter {
  outcome: string;
  server: ServerState | undefined;
}

export function waiter(asked: Asked = {}): TestWaiter {
  return {
    facts: request(asked),
    serverQueue: 0,
    backendQueue: 0,
    bound: undefined,
    outcome: 'waiting',
    server: undefined,
    granted(server) {
      this.outcome = server.config.name;
      this.server = server;
    },
    refused(why) {
      this.outcome = why;
    },
  };
}

export const source: Backend['balance'] = { name: 'source', args: [], hash: 'map-based' };
export const noTimeouts = backendConfig([]).timeouts;
/** A client address that hashes to the first of two servers. */
export const forFirst: Asked = { client: '10.0.0.2' };

/** Takes a server for this waiter: returns its name, or what happens instead. */
export function take({ backend }: Bench, one: TestWaiter = waiter()): string {
  const taken = backend.take(one);
  return typeof taken === 'string' ? taken : taken.config.name;
}

/** A waiter that has to wait. */
export function queued(on: Bench, asked?: Asked): TestWaiter {
  const one = waiter(asked);
  assert.equal(take(on, one), 'queued');
  return one;
}

export const passed: CheckResult = { passed: true, status: 'L7OK', code: 200, info: '', duration: 1 };
export const failed: CheckResult = {
  passed: false,
  status: 'L4CON',
  code: undefined,
  info: 'Connection refused',
  duration: 0,
};
