import type { TextServer } from '@headgate/shared/admin/text-server';
import { CannotApply } from '@headgate/shared/process/cannot-apply';
import { explainFailure } from '@headgate/shared/process/start-failure';
import type { Challenges } from '../acme/challenges.ts';
import type { AcmeHttpAddress } from '../model/acme.ts';

/** Where http-01 challenges are looked for (RFC 8555 §8.3). */
const PATH = '/.well-known/acme-challenge/';

/** The addresses on which http-01 challenges are answered (`acmeHttp`), as configurations come and go. */
export class AcmeResponders {
  readonly #challenges: Challenges;
  #all = new Map<string, TextServer>();
  /** Bound for a configuration that is not applied yet. */
  #next: Map<string, TextServer> | undefined;

  constructor(challenges: Challenges) {
    this.#challenges = challenges;
  }

  /** Binds the addresses that are new. Rejects when one cannot be bound; then `forget`. */
  async bind(addresses: readonly AcmeHttpAddress[], running: boolean): Promise<void> {
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

  async #server(address: AcmeHttpAddress): Promise<TextServer> {
    // Node's HTTP is 15 MB that a terminator without this does not need.
    const textServer = await import('@headgate/shared/admin/text-server');
    return new textServer.TextServer(address, (path) =>
      path.startsWith(PATH) ? this.#challenges.bodyFor(path.slice(PATH.length)) : undefined,
    );
  }
}
