import { getSystemErrorMessage } from 'node:util';
import type { Endpoint } from '@headgate/shared/net/endpoint';
import {
  noUser,
  type Destination,
  type Link,
  type LinkError,
  type LinkUser,
  type SecureCall,
} from '@headgate/shared/net/link';
import { encodeV1, encodeV2 } from '@headgate/shared/proxy-protocol/encode';
import { dial } from '../connect/dial.ts';
import { isHandshakeError } from '../connect/reason.ts';
import type { CheckResult } from '../model/backend.ts';
import type { CheckEvaluation, CheckScript, CheckStep, ConnectStep, Tested, Verdict } from '../model/check.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { Backend, CheckConfig, Server } from '../model/snapshot.ts';
import { destinationOf } from './destination.ts';
import { evaluationOf } from './evaluation.ts';
import { checkTimeouts } from './schedule.ts';
import { connectionInfo, handshakeInfo, passedInfo, timeoutInfo } from './words.ts';

export interface ProbeDeps {
  /** Monotonic milliseconds. */
  now(): number;
  after(ms: number, fn: () => void): { cancel(): void };
  /** What expressions of checks may read besides the response. */
  facts(): Pick<Evaluation, 'world'> & { readonly variables: (on: Evaluation) => Evaluation['variables'] };
}

export interface Probed {
  readonly backend: Backend;
  readonly server: Server;
  readonly check: CheckConfig;
  readonly tested: Tested;
}

/** The most a check keeps of what it receives, in bytes (HAProxy: tune.bufsize, 16384). */
export const RECEIVE_LIMIT = 16_384;

/** Runs one check and calls `done` once, unless it is aborted first. */
export function probe(probed: Probed, deps: ProbeDeps, done: (result: CheckResult) => void): { abort(): void } {
  const run = new Probe(probed, deps, done);
  run.next();
  return run;
}

/**
 * One run of a check's script: steps one after the other, waiting where a step has to. A connection ends with a reset, which leaves
 * no TIME_WAIT entry on either side, unless its step says `linger`.
 */
class Probe implements LinkUser {
  readonly #probed: Probed;
  readonly #deps: ProbeDeps;
  readonly #done: (result: CheckResult) => void;
  readonly #script: CheckScript;
  readonly #started: number;
  readonly #limits: ReturnType<typeof checkTimeouts>;
  readonly #on: CheckEvaluation;
  #next = 0;
  #step: CheckStep | undefined;
  #connect: ConnectStep | undefined;
  #link: Link | undefined;
  #received = '';
  #complete = false;
  #over = false;
  #timer: { cancel(): void } | undefined;
  #lastExpect: Verdict | undefined;

  constructor(probed: Probed, deps: ProbeDeps, done: (result: CheckResult) => void) {
    this.#probed = probed;
    this.#deps = deps;
    this.#done = done;
    this.#script = probed.backend.checkScript;
    this.#started = deps.now();
    this.#limits = checkTimeouts(probed.check, probed.backend.timeouts);
    this.#on = evaluationOf(deps.facts(), probed.tested, () => this.#received);
  }

  abort(): void {
    if (!this.#over) this.#stop(true);
  }

  /** Carries out steps until one has to wait, or none is left. */
  next(): void {
    while (!this.#over) {
      const step = this.#script.steps[this.#next];
      if (step === undefined) return this.#passed();
      this.#next += 1;
      if (step.kind !== 'run') this.#step = step;
      switch (step.kind) {
        case 'connect':
          return this.#dial(step);
        case 'send': {
          const bytes = step.bytes(this.#on);
          if (step.continues !== true) this.#forget();
          if (bytes === undefined) return this.#finish(malformed(step));
          if (bytes !== '') this.#link?.write(Buffer.from(bytes, 'latin1'));
          break;
        }
        case 'run':
          step.run(this.#on);
          break;
        case 'expect':
          return this.#judge();
      }
    }
  }

  // ---- reports of the connection ---------------------------------------------------------------

  opened(): void {
    const { answer } = this.#limits;
    if (answer !== undefined) this.#limit(answer);
    const link = this.#link;
    // Over TLS it went before the handshake.
    const introduction = link?.secure === undefined ? this.#proxyHeader(link) : undefined;
    if (introduction !== undefined) link?.write(introduction);
    this.next();
  }

  data(bytes: Buffer): boolean {
    this.#received += bytes.toString('latin1', 0, RECEIVE_LIMIT - this.#received.length);
    this.#complete ||= this.#received.length >= RECEIVE_LIMIT;
    this.#judge();
    return false;
  }

  ended(): void {
    this.#complete = true;
    this.#judge();
  }

  drained(): void {}

  closed(error: LinkError | undefined): void {
    if (this.#over || error === undefined) return;
    if (this.#step?.kind === 'expect' && this.#step.anyEnd === true) return this.ended();
    const connecting = this.#step?.kind === 'connect';
    const secured = connecting && isHandshakeError(error);
    const info = connectionInfo(secured ? handshakeInfo(error) : describe(error), this.#script, this.#step);
    this.#finish({
      passed: false,
      status: secured ? 'L6RSP' : connecting ? 'L4CON' : 'SOCKERR',
      code: undefined,
      info,
    });
  }

  // ---- steps -----------------------------------------------------------------------------------

  #dial(step: ConnectStep): void {
    this.#hangUp();
    this.#forget();
    this.#connect = step;
    const { answer, connect } = this.#limits;
    // Without `timeout check` one limit holds for the complete check.
    if (answer !== undefined || this.#timer === undefined) this.#limit(connect);
    this.#link = dial(this.#destination(step), this.#probed.server, this, this.#secure(step));
  }

  /** How this step speaks TLS: because it says so, or because all checks of the server do. */
  #secure(step: ConnectStep): SecureCall | undefined {
    const { tls } = this.#probed.check;
    if (tls === undefined || (!step.ssl && !(step.inherits && tls.always))) return undefined;
    const usual = step.inherits ? tls : undefined;
    return {
      client: tls.client,
      name: step.sni ?? usual?.sni ?? '',
      alpn: step.alpn ?? usual?.alpn ?? [],
      greeting: (below) => this.#proxyHeader(below),
    };
  }

  #destination(step: ConnectStep): Destination {
    const { address } = destinationOf(this.#probed.server);
    const port = (typeof step.port === 'function' ? step.port(this.#on) : step.port) ?? step.addressPort;
    if (step.host === undefined && port === undefined) return address;
    const usual = address.kind === 'tcp' ? address : { host: '127.0.0.1', port: 0 };
    return { kind: 'tcp', host: step.host ?? usual.host, port: port ?? usual.port };
  }

  #judge(): void {
    const step = this.#step;
    if (this.#over || step?.kind !== 'expect') return;
    // Nothing has come that could decide, not even where `min-recv 0` takes anything for an answer.
    if (this.#received === '' && !this.#complete) return;
    const verdict = step.judge({ text: this.#received, complete: this.#complete }, this.#on, step);
    if (verdict === undefined) return;
    // HAProxy: a 404 is taken for the wish to leave only from a server that is up.
    if (!verdict.passed || (verdict.status === 'L7OKC' && verdict.code === 404)) return this.#finish(verdict);
    this.#lastExpect = verdict;
    // What follows may expect something else of the same bytes.
    this.next();
  }

  /** A new question: what was received answers an earlier one. */
  #forget(): void {
    this.#received = '';
    this.#complete = false;
    this.#lastExpect = undefined;
  }

  // ---- the end ---------------------------------------------------------------------------------

  #passed(): void {
    const verdict = this.#step?.kind === 'expect' ? this.#lastExpect : undefined;
    this.#finish(verdict ?? passedInfo(this.#script, this.#step, this.#link?.secure !== undefined));
  }

  #limit(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.after(ms, () => this.#timedOut());
  }

  #timedOut(): void {
    const step = this.#step;
    const layer = this.#link?.secure?.handshaking === true ? 'L6TOUT' : 'L4TOUT';
    const status = step?.kind === 'connect' ? layer : step?.kind === 'expect' ? step.timeoutStatus : 'L7TOUT';
    this.#finish({ passed: false, status, code: undefined, info: timeoutInfo(this.#script, step) });
  }

  #finish(verdict: Verdict): void {
    if (this.#over) return;
    this.#stop(!verdict.passed);
    this.#done({ ...verdict, duration: this.#deps.now() - this.#started });
  }

  #stop(reset: boolean): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#hangUp(reset);
  }

  #hangUp(reset = false): void {
    if (this.#link === undefined) return;
    this.#link.user = noUser;
    if (this.#connect?.linger === true && !reset) this.#link.closeSoon();
    else this.#link.reset();
    this.#link = undefined;
  }

  /** A check has no client: version 2 sends LOCAL, version 1 the connection's own addresses. */
  #proxyHeader(link: Link | undefined): Buffer | undefined {
    const step = this.#connect;
    if (link === undefined || step === undefined) return undefined;
    const inherited = step.inherits ? destinationOf(this.#probed.server).proxy : 0;
    const version = inherited === 0 && step.sendProxy ? 1 : inherited;
    if (version === 0) return undefined;
    if (version === 2) return encodeV2({ source: undefined, destination: undefined });
    return encodeV1({ source: known(link.local), destination: known(link.peer) });
  }
}

function malformed({ number }: CheckStep): Verdict {
  const info = `tcp-check send : failed to build log-format string at step ${number}`;
  return { passed: false, status: 'L7RSP', code: undefined, info };
}

/** A unix socket has no addresses. */
function known(endpoint: Endpoint): Endpoint | undefined {
  return endpoint.address === '' ? undefined : endpoint;
}

/** The system's text for an error: `Connection refused`. When every address of a name failed, that of the first. */
function describe(error: Error): string {
  const [first]: unknown[] = error instanceof AggregateError ? error.errors : [error];
  if (!(first instanceof Error) || !('errno' in first) || typeof first.errno !== 'number') return error.message;
  const text = getSystemErrorMessage(first.errno);
  return text === undefined ? first.message : text.charAt(0).toUpperCase() + text.slice(1);
}
