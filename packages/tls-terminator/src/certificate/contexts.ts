import { createSecureContext } from 'node:tls';
import { acceptOlderTickets } from '@headgate/shared/net/secure-transport';
import type { SecureContext, SecureContextOptions } from 'node:tls';
import type { NamedCertificate } from '../model/snapshot.ts';

/** OpenSSL's structures of a certificate are some 40 KiB, and are made in half a millisecond. */
const MOST = 1000;

/** OpenSSL contexts for certificates, made when a client first requests one and forgotten when others are used more. */
export class Contexts {
  readonly #options: (variant: number) => SecureContextOptions;
  readonly #ticketKeys: readonly Buffer[];
  readonly #made = new Map<NamedCertificate, SecureContext>();
  readonly #limit: number;

  /** `options` are those of a variant, without key and certificate; `ticketKeys` as for a TLS server. */
  constructor(
    options: (variant: number) => SecureContextOptions,
    { limit = MOST, ticketKeys = [] }: { readonly limit?: number; readonly ticketKeys?: readonly Buffer[] } = {},
  ) {
    this.#options = options;
    this.#ticketKeys = ticketKeys;
    this.#limit = limit;
  }

  get size(): number {
    return this.#made.size;
  }

  /** All are made anew when they are next used. */
  forget(): void {
    this.#made.clear();
  }

  of(certificate: NamedCertificate): SecureContext {
    const known = this.#made.get(certificate);
    if (known !== undefined) {
      // The last one used is the last one forgotten.
      this.#made.delete(certificate);
      this.#made.set(certificate, known);
      return known;
    }
    const context = createSecureContext({
      ca: [],
      ...this.#options(certificate.variant),
      key: certificate.pairs.map(({ keyPem }) => keyPem),
      cert: certificate.pairs.map(({ certPem }) => certPem),
    });
    if (this.#ticketKeys.length > 1) acceptOlderTickets(context, this.#ticketKeys);
    this.#made.set(certificate, context);
    const [oldest] = this.#made.keys();
    if (this.#made.size > this.#limit && oldest !== undefined) this.#made.delete(oldest);
    return context;
  }
}

/** OpenSSL's structures of a client. Throws when it does not take the options. */
export function clientContext(options: SecureContextOptions): SecureContext {
  return createSecureContext(options);
}
