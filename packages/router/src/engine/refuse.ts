import type { FrontendContext } from '../exchange/context.ts';
import { logRefusal, refusal } from '../exchange/refusal.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import { keepInvalid, type Wrong } from './keep-invalid.ts';

/** A connection without a request that rules could see. */
export interface Unserved {
  readonly context: FrontendContext;
  readonly connection: ConnectionFacts;
  /** Monotonic milliseconds: when the first byte came; until one has come, when the connection did. */
  readonly started: number;
  /** It has sent nothing at all. */
  readonly silent: boolean;
}

/** Reports, keeps and logs a malformed request; returns the answer, after which the caller ends the connection. */
export function refuseMalformed(unserved: Unserved, status: number, wrong: Wrong): Buffer {
  keepInvalid(unserved, wrong);
  return refuse(unserved, status, 'PR', wrong.reason);
}

/** The same for one that did not come in time. */
export function refuseSlow(unserved: Unserved): Buffer {
  return refuse(unserved, 408, 'cR', 'no complete request in time');
}

function refuse(unserved: Unserved, status: number, state: 'PR' | 'cR', reason: string): Buffer {
  const { context, connection, started } = unserved;
  const { address, port } = connection.client;
  connection.tracking?.requested();
  if (state === 'PR') connection.tracking?.erred();
  context.report('info', `Refused a request from ${address}:${port}: ${reason}`);
  if (!isNull(unserved)) logRefusal(context, connection, status, state, started);
  return page(unserved, status);
}

/** The answer for a client that ended its side before a request was complete, and may still read: HAProxy's 400. */
export function cutShort(unserved: Unserved): Buffer {
  return page(unserved, 400);
}

function page({ context, silent }: Unserved, status: number): Buffer {
  return silent && context.config.ignoreProbes ? Buffer.alloc(0) : refusal(context.config, status);
}

/** Logs that the client left without a request, or in the middle of one. */
export function logLeft(unserved: Unserved): void {
  // HAProxy counts it as an invalid request, even when not a byte came.
  unserved.connection.tracking?.requested();
  unserved.connection.tracking?.erred();
  if (!isNull(unserved)) logRefusal(unserved.context, unserved.connection, 400, 'CR', unserved.started);
}

/** What `option dontlognull` and `option http-ignore-probes` leave out. */
function isNull({ context, silent }: Unserved): boolean {
  return silent && (context.config.dontLogNull || context.config.ignoreProbes);
}
