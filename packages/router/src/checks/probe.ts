import { getSystemErrorMessage } from 'node:util';
import type { Endpoint } from '@headgate/shared/net/endpoint';
import type { Link } from '@headgate/shared/net/link';
import { encodeV1, encodeV2 } from '@headgate/shared/proxy-protocol/encode';
import type { CheckResult } from '../model/backend.ts';
import { dial } from '../connect/dial.ts';
import type { Backend, CheckConfig, Server } from '../model/snapshot.ts';
import type { Destination } from './destination.ts';
import { destinationOf } from './destination.ts';
import { checkTimeouts } from './schedule.ts';
import { checkTypeOf } from './types.ts';
import { ANSWER_LIMIT } from './types/check-type.ts';
import type { Verdict } from './types/check-type.ts';

export interface ProbeDeps {
  /** Monotonic milliseconds. */
  now(): number;
  after(ms: number, fn: () => void): { cancel(): void };
}

export interface Probed {
  readonly backend: Backend;
  readonly server: Server;
  readonly check: CheckConfig;
}

/**
 * Runs one check on a connection of its own and calls `done` once, unless it is aborted first. The connection ends
 * with a reset, which leaves no TIME_WAIT entry on either side.
 */
export function probe(
  { backend, server, check }: Probed,
  deps: ProbeDeps,
  done: (result: CheckResult) => void,
): { abort(): void } {
  const type = checkTypeOf(backend);
  const destination = destinationOf(server);
  const limits = checkTimeouts(check, backend.timeouts);
  const started = deps.now();
  let connected = false;
  let received = '';
  let over = false;
  let timer = deps.after(limits.connect, timedOut);
  const link = dial(destination.address, {
    opened() {
      connected = true;
      if (limits.answer !== undefined) {
        timer.cancel();
        timer = deps.after(limits.answer, timedOut);
      }
      const introduction = proxyHeader(destination, link);
      if (introduction !== undefined) link.write(introduction);
      const request = type.request(backend);
      if (request !== '') link.write(Buffer.from(request, 'latin1'));
      judge(false);
    },
    data(bytes) {
      received += bytes.toString('latin1', 0, ANSWER_LIMIT - received.length);
      judge(received.length >= ANSWER_LIMIT);
      return false;
    },
    ended: () => judge(true),
    drained() {},
    closed(error) {
      const status = connected ? 'SOCKERR' : 'L4CON';
      if (error !== undefined) finish({ passed: false, status, code: undefined, info: describe(error) });
    },
  });

  return {
    abort() {
      if (!over) close();
    },
  };

  function judge(complete: boolean): void {
    if (over) return;
    const verdict = type.judge(received, complete, backend);
    if (verdict !== undefined) finish(verdict);
  }

  function timedOut(): void {
    finish({ passed: false, status: connected ? 'L7TOUT' : 'L4TOUT', code: undefined, info: '' });
  }

  function finish(verdict: Verdict): void {
    if (over) return;
    close();
    done({ ...verdict, duration: deps.now() - started });
  }

  function close(): void {
    over = true;
    timer.cancel();
    link.reset();
  }
}

/** A check has no client: version 2 sends LOCAL, version 1 the connection's own addresses. */
function proxyHeader({ proxy }: Destination, { local, peer }: Link): Buffer | undefined {
  if (proxy === 0) return undefined;
  if (proxy === 2) return encodeV2({ source: undefined, destination: undefined });
  return encodeV1({ source: known(local), destination: known(peer) });
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
