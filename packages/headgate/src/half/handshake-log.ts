import { hostname } from 'node:os';
import { createEventLog, localDate } from '@headgate/router/half';
import type { EventLog, Snapshot as Routing } from '@headgate/router/half';
import { Destinations } from '@headgate/shared/log/destinations';
import type { FailedHandshake } from '@headgate/tls-terminator/half';
import { serviceName } from '../tls/service-name.ts';

interface Frontend {
  readonly log: EventLog;
  /** The frontend and its bind as HAProxy writes them: `web/secure`. */
  readonly name: string;
  readonly dontLogNull: boolean;
}

/** Handshakes that failed, in the logs of their frontends and in HAProxy's words. */
export class HandshakeLog {
  readonly #destinations = new Destinations();
  #frontends: ReadonlyMap<string, Frontend> = new Map();

  /** The frontends of the configuration in effect. */
  follow({ frontends }: Routing): void {
    const deps = { destinations: this.#destinations, pid: process.pid, hostname: hostname() };
    const entries = frontends.flatMap((config) => {
      const log = createEventLog(config, deps);
      return config.binds.flatMap((bind, index): (readonly [string, Frontend])[] => {
        if (bind.tls === undefined) return [];
        const name = serviceName(config, bind, index);
        return [[name, { log, name, dontLogNull: config.dontLogNull }]];
      });
    });
    this.#frontends = new Map(entries);
    void this.#destinations.retain(frontends.flatMap(({ log }) => log.map(({ transport }) => transport)));
  }

  write({ service, peer, kind }: FailedHandshake, now: number = Date.now()): void {
    const frontend = this.#frontends.get(service);
    if (frontend === undefined || (kind === 'gone' && frontend.dontLogNull)) return;
    const client = `${peer.address === '' ? 'unix' : peer.address}:${peer.port}`;
    frontend.log('info', `${client} [${localDate(now)}] ${frontend.name}: ${WORDS[kind] ?? 'SSL handshake failure'}`);
  }
}

const WORDS: Partial<Record<FailedHandshake['kind'], string>> = {
  gone: 'Connection closed during SSL handshake',
  timeout: 'Timeout during SSL handshake',
};
