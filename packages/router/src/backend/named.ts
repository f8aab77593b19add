import type { Severity } from '@headgate/shared/log/logger';
import type { Place } from './place.ts';
import type { Situation } from './report.ts';
import { serverName, wentDown } from './report.ts';
import { initialHealth } from './server-state.ts';
import type { ServerRuntime } from './server.ts';

/** What a move needs of the backend of the server. */
export interface NamedDeps {
  readonly report: (severity: Severity, message: string) => void;
  /** Follows a change of the server's state with one line. */
  readonly change: (server: ServerRuntime, severity: Severity, describe: (situation: Situation) => string) => void;
  /** Servers are in other states, as a configuration begins. */
  readonly begun: () => void;
  /** Its address is another one: idle connections lead to the old one. */
  readonly moved: (server: ServerRuntime) => void;
}

/** Moves the servers of a backend as name servers say, with HAProxy's log lines. Requests in progress stay where they are. */
export class NamedServers {
  readonly #deps: NamedDeps;

  constructor(deps: NamedDeps) {
    this.#deps = deps;
  }

  /**
   * A server has this address now. `by`: `RESOLVERS/NAMESERVER`, or what else said so; `answered`: a response for its own name,
   * and not one that came with another.
   */
  move(server: ServerRuntime, place: Place, by: string, answered = true): void {
    const { report, change, moved } = this.#deps;
    const { host: from } = server.place ?? {};
    const [was, hadPort, lacked] = [server.name, server.place?.port, server.unresolved];
    server.settle(place);
    if (from !== place.host)
      report('notice', `${server.key} changed its IP from ${from ?? '(none)'} to ${place.host ?? '(none)'} by ${by}.`);
    if (place.name !== undefined && was !== place.name)
      report('notice', `${server.key} changed its FQDN from ${was ?? '(null)'} to ${place.name} by 'SRV record'`);
    if (from !== place.host || hadPort !== place.port) moved(server);
    if (!lacked || server.unresolved) return;
    if (server.config.check !== undefined) server.health = initialHealth(server.config.check);
    const name = `${serverName(server)} ('${server.name ?? ''}')`;
    change(server, 'notice', () => `${name} is UP/READY (resolves again).`);
    if (answered) report('notice', `Server ${server.key} administratively READY thanks to valid DNS answer.`);
  }

  /** Its first address, as a configuration begins: no event. */
  begin(server: ServerRuntime, place: Place): void {
    server.settle(place);
    server.wasStopped = server.stopped;
    this.#deps.begun();
  }

  /** The name of a server has no address any more. */
  lose(server: ServerRuntime, cause: string): void {
    if (server.unresolved) return;
    const { usable } = server;
    server.settle(undefined);
    this.#deps.moved(server);
    this.#deps.change(server, usable ? 'alert' : 'notice', (situation) =>
      wentDown(server, `is going DOWN for maintenance (${cause})`, situation),
    );
  }
}
