import type { TlsClient } from '@headgate/shared/net/link';
import type { ServerState } from '../model/backend.ts';
import type { Server } from '../model/snapshot.ts';
import type { Deadlines } from './deadlines.ts';
import type { Reach } from './reuse.ts';

/** Idle connections kept per server when `pool-max-conn` sets no limit of its own. */
const MAX_IDLE = 1024;
/** Hang up this much before the server said it would, so that a request never meets its FIN. Milliseconds. */
const IDLE_MARGIN = 1000;
const SHORTEST_IDLE = 100;

/** A server connection that can be used again. */
export interface Reusable {
  readonly server: ServerState;
  /** Where it leads: its server may have moved since. */
  readonly to: Server['address'];
  /** The name it asked the server for over TLS: requests for another one do not go on it. '' for none. */
  readonly name: string;
  /** What it speaks TLS with; a reload may give the server another. */
  readonly client: TlsClient | undefined;
  /** Nothing ended and nothing failed so far. */
  readonly alive: boolean;
  /** Requests carried so far. */
  readonly uses: number;
  /** Someone has logged in on it, or may be about to: it serves nobody else (NTLM, Negotiate). */
  readonly loggedIn: boolean;
  /** Bytes of its last request are still in memory here. */
  readonly unsent: boolean;
  /** When it ends while it is idle; 0: never. */
  deadline: number;
  /** Its last answer has only just ended, and something unasked-for may be behind it: what comes then ends it. */
  resting: boolean;
  /** Its last answer came complete, in one read that had room for more: nothing sent with it is unread. */
  readonly brief: boolean;
  /** When its rest is over, in turns of the loop; 0 when it does not rest. */
  restsUntil: number;
  /** What keeps it while it is idle. */
  keeper: Keeper | undefined;
  /** It has rested: a user that took it meanwhile may begin. */
  rested(): void;
  destroy(): void;
}

/** Keeps idle connections, and forgets each when it has ended. */
export interface Keeper {
  forget(connection: Reusable): void;
}

/** Those of one server. */
class ServerIdle<C> {
  readonly keeper: Keeper;
  readonly idle: C[] = [];
  /** Oldest first. */
  readonly resting: C[] = [];

  constructor(keeper: Keeper) {
    this.keeper = keeper;
  }
}

/**
 * The idle connections to every server, newest first out: it is the least likely to be closed by the server.
 *
 * Each rests first, until the loop has looked at its socket once more. An answer may end where a read does, whatever the
 * size of reads, and a server may have sent more than it was asked for: that must be seen before another request is
 * sent, for it would be taken for its answer. One that is taken while it rests is ready when `rested` says so, and
 * only one whose answer was `brief` at once: else a thousand clients would all wait for the end of a turn in which their requests
 * could have been sent. Those that have rested go first.
 */
export class IdleConnections<C extends Reusable> implements Keeper {
  readonly #servers = new Map<ServerState, ServerIdle<C>>();
  readonly #deadlines: Deadlines;
  #turns = 0;
  /** Those that rest until the loop has polled once more, and until it has done so twice. */
  #restingLast: C[] = [];
  #restingFirst: C[] = [];
  #closed = false;

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /** An idle connection for this name that is still alive as far as can be known, or undefined. When it is `resting`, wait for `rested`. */
  take(server: ServerState, reach: Reach, name: string): C | undefined {
    if (reach === 'none') return undefined;
    const found = this.#known(server);
    if (found === undefined) return undefined;
    const connection = newest(found.idle, reach, name) ?? soonest(found.resting, reach, name);
    if (connection === undefined) return undefined;
    server.counters.idle -= 1;
    countReuse(server);
    wake(connection);
    return connection;
  }

  /** Keeps a connection for the next request, or ends it when it may not be kept. `said`: see ResponseHead's `idleTimeout`. */
  keep(connection: C, said: number): void {
    const { server } = connection;
    const { poolMaxConn, poolPurgeDelay } = server.config;
    const { idle, resting } = this.#of(server);
    const limit = poolMaxConn < 0 ? MAX_IDLE : poolMaxConn;
    if (idle.length + resting.length >= limit || !this.rest(connection)) return connection.destroy();
    const allowed = said === 0 ? poolPurgeDelay : beforeTheServer(said);
    connection.deadline = this.#deadlines.in(Math.min(allowed, poolPurgeDelay));
    connection.keeper = this;
    server.counters.idle += 1;
    resting.push(connection);
  }

  /** Lets a connection that nobody uses rest. False when it can serve no other request. */
  rest(connection: C): boolean {
    // Bytes of a request still unsent would be followed by the next one: such a connection serves nobody else.
    if (this.#closed || !connection.alive || connection.unsent || astray(connection)) return false;
    const { maxReuse } = connection.server.config;
    if (maxReuse >= 0 && connection.uses > maxReuse) return false;
    connection.resting = !connection.brief;
    connection.restsUntil = this.#turns + 2;
    if (this.#restingFirst.length === 0 && this.#restingLast.length === 0) setImmediate(this.#turn);
    this.#restingFirst.push(connection);
    return true;
  }

  /** Ends the idle connections to a server that no configuration has any more, or that has moved. */
  retire(server: ServerState): void {
    const found = this.#servers.get(server);
    if (found === undefined) return;
    server.near = undefined;
    this.#servers.delete(server);
    for (const connection of [...found.idle, ...found.resting]) connection.destroy();
  }

  close(): void {
    this.#closed = true;
    for (const { idle, resting } of this.#servers.values()) {
      for (const connection of [...idle.splice(0), ...resting.splice(0)]) connection.destroy();
    }
  }

  #of(server: ServerState): ServerIdle<C> {
    let found = this.#known(server);
    if (found === undefined) this.#servers.set(server, (found = new ServerIdle<C>(this)));
    return found;
  }

  /** With a thousand servers a look-up in a map costs a request more than its rules do: what was found is left with the server. */
  #known(server: ServerState): ServerIdle<C> | undefined {
    const near = server.near as ServerIdle<C> | undefined;
    if (near?.keeper === this) return near;
    const found = this.#servers.get(server);
    if (found !== undefined) server.near = found;
    return found;
  }

  /** Once a turn of the loop, behind its reads: a connection that was put to rest in this turn has not been read again. */
  readonly #turn = (): void => {
    const rested = this.#restingLast;
    this.#turns += 1;
    this.#restingLast = this.#restingFirst;
    this.#restingFirst = [];
    if (this.#restingLast.length > 0) setImmediate(this.#turn);
    for (const connection of rested) {
      // It was taken, and may be resting anew.
      if (connection.restsUntil !== this.#turns) continue;
      connection.restsUntil = 0;
      const found = this.#known(connection.server);
      if (found !== undefined && remove(found.resting, connection)) found.idle.push(connection);
      if (connection.resting) connection.rested();
    }
  };

  forget(connection: C): void {
    connection.server.counters.idle -= 1;
    const found = this.#known(connection.server);
    if (found !== undefined && !remove(found.resting, connection)) remove(found.idle, connection);
  }
}

/** False when it is not there. */
function remove<C>(from: C[], one: C): boolean {
  const at = from.indexOf(one);
  if (at === 0) from.shift();
  else if (at !== -1) from.splice(at, 1);
  return at !== -1;
}

/** Its server is in no configuration any more, at another address, or spoken to by other rules of TLS. */
export function astray({ server, to, client }: Reusable): boolean {
  const { address, tls } = server.config;
  if (server.retired || client !== tls?.client) return true;
  if (to === address) return false;
  if (to.kind === 'unix' || address.kind === 'unix') return JSON.stringify(to) !== JSON.stringify(address);
  return to.host !== address.host || to.port !== address.port;
}

/** How long, in milliseconds, a connection may stay idle that its server ends after `said`. */
export function beforeTheServer(said: number): number {
  return Math.max(said - IDLE_MARGIN, SHORTEST_IDLE);
}

/** A request goes on a connection that was there. */
export function countReuse({ counters, backend }: ServerState): void {
  counters.reuses += 1;
  backend.counters.reuses += 1;
}

/** A connection is being opened to a server; `open` is counted down when it has closed. */
export function countOpen({ counters, backend }: ServerState): void {
  counters.open += 1;
  counters.connects += 1;
  backend.counters.connects += 1;
}

/** Someone has use for an idle connection. */
export function wake(connection: Reusable): void {
  connection.keeper = undefined;
  if (!connection.resting) connection.restsUntil = 0;
  connection.deadline = 0;
}

/** It is the connection that a request for this name would open now. */
export function serves({ server, name, client }: Reusable, wanted: string): boolean {
  return name === wanted && client === server.config.tls?.client;
}

/** One that has just ended is in the list until its socket says so, at the end of this turn of the loop. */
function fits(connection: Reusable, reach: Reach, name: string): boolean {
  return connection.alive && (reach === 'any' || connection.uses > 1) && serves(connection, name);
}

function newest<C extends Reusable>(idle: C[], reach: Reach, name: string): C | undefined {
  for (let at = idle.length - 1; at >= 0; at -= 1) {
    const connection = idle[at];
    if (connection === undefined || !fits(connection, reach, name)) continue;
    if (at === idle.length - 1) idle.pop();
    else idle.splice(at, 1);
    return connection;
  }
  return undefined;
}

/** The one that has rested longest. */
function soonest<C extends Reusable>(resting: C[], reach: Reach, name: string): C | undefined {
  for (const connection of resting) {
    if (!fits(connection, reach, name)) continue;
    remove(resting, connection);
    return connection;
  }
  return undefined;
}
