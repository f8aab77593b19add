import type { TextAddress, TextServer, TextSource } from '@headgate/shared/admin/text-server';
import type { Position } from '@headgate/shared/config/raw';
import { CannotApply } from '@headgate/shared/process/cannot-apply';
import { explainFailure } from '@headgate/shared/process/start-failure';
import type { Challenges } from '../acme/challenges.ts';

/** Where http-01 challenges are looked for (RFC 8555 §8.3). */
const CHALLENGES = '/.well-known/acme-challenge/';
const METRICS = '/metrics';

/** The addresses on which http-01 challenges are answered (`acmeHttp`). */
export function challengeAddresses(challenges: Challenges): TextAddresses {
  return new TextAddresses({
    text: (path) => (path.startsWith(CHALLENGES) ? challenges.bodyFor(path.slice(CHALLENGES.length)) : undefined),
    type: 'text/plain',
    missing: 'Not found.\n',
    caching: 'no-store',
    clients: 64,
    keepAlive: 5000,
  });
}

/** The address of `metrics`. Scrapers come one by one, and again and again. */
export function metricsAddresses(text: () => string): TextAddresses {
  return new TextAddresses({
    text: (path) => (path === METRICS ? text() : undefined),
    type: 'text/plain; version=0.0.4',
    missing: `Metrics are at ${METRICS}.\n`,
    caching: 'no-cache',
    clients: 16,
    keepAlive: 60_000,
  });
}

/** The addresses of a text server, as configurations come and go: one that stays is not touched. */
export class TextAddresses {
  readonly #source: TextSource;
  #all = new Map<string, TextServer>();
  /** Bound for a configuration that is not applied yet. */
  #next: Map<string, TextServer> | undefined;

  constructor(source: TextSource) {
    this.#source = source;
  }

  /** Binds the addresses that are new. Rejects when one cannot be bound; then `forget`. `running`: another configuration is in effect. */
  async bind(addresses: readonly (TextAddress & { readonly at: Position })[], running: boolean): Promise<void> {
    const next = (this.#next = new Map<string, TextServer>());
    for (const address of addresses) {
      const key = address.kind === 'unix' ? address.path : `${address.host} ${address.port}`;
      const known = this.#all.get(key);
      const server = known ?? (await this.#server(address));
      next.set(key, server);
      if (known !== undefined) continue;
      try {
        await server.listen();
      } catch (error) {
        if (!running) throw error;
        throw new CannotApply([{ severity: 'error', at: address.at, message: explainFailure(error) }]);
      }
    }
  }

  /** What was bound last is in effect; what is not wanted any more is closed. */
  follow(): void {
    const before = this.#all;
    this.#all = this.#next ?? before;
    this.#next = undefined;
    for (const [key, server] of before) if (!this.#all.has(key)) server.close();
  }

  /** What was bound last is not wanted. */
  forget(): void {
    for (const [key, server] of this.#next ?? []) if (!this.#all.has(key)) server.close();
    this.#next = undefined;
  }

  close(): void {
    for (const server of this.#all.values()) server.close();
  }

  async #server(address: TextAddress): Promise<TextServer> {
    // Node's HTTP is 15 MB that a terminator without these does not need.
    const textServer = await import('@headgate/shared/admin/text-server');
    return new textServer.TextServer(address, this.#source);
  }
}
