import type { Logger } from '@headgate/shared/log/logger';
import { lastThird } from '../certificate/verdicts.ts';
import type { CertificateFacts, Snapshot, TlsSettings } from '../model/snapshot.ts';
import type { Measured } from '../service/metrics.ts';

/** How often it is said again, in milliseconds. */
const DAY = 86_400_000;
/** Certificates that are named in one go; of the others only their number is said. */
const MOST_NAMED = 20;

export type ExpiryState = 'valid' | 'expiring' | 'expired';

/** `expiring`: less than a third of its lifetime is left. */
export function expiryState(
  { notBefore, notAfter }: Pick<CertificateFacts, 'notBefore' | 'notAfter'>,
  now: number,
): ExpiryState {
  if (now >= notAfter.getTime()) return 'expired';
  return now > lastThird(notBefore, notAfter) ? 'expiring' : 'valid';
}

/** How many certificates are valid, expire soon or have expired, and when the first of them does. */
export function expiryOf(certificates: TlsSettings['certificates']): Measured['expiry'] {
  const states = { valid: 0, expiring: 0, expired: 0 };
  const now = Date.now();
  let earliest = Number.POSITIVE_INFINITY;
  for (const { facts } of certificates) {
    states[expiryState(facts, now)] += 1;
    earliest = Math.min(earliest, facts.notAfter.getTime());
  }
  return { states, earliest };
}

/** Says every day which certificates end soon: a program that runs for months reads its files once. */
export class ExpiryWatch {
  readonly #now: () => number;
  #all: readonly CertificateFacts[] = [];
  #logger: Pick<Logger, 'log'> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** These from now on. What is wrong at this moment was said when they were read. */
  follow({ services }: Pick<Snapshot, 'services'>, logger: Pick<Logger, 'log'>): void {
    this.#all = services.flatMap(({ tls }) => tls?.certificates.map(({ facts }) => facts) ?? []);
    this.#logger = logger;
    this.#timer ??= setInterval(() => this.#tell(), DAY).unref();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    const now = this.#now();
    const soon = this.#all
      .filter((facts) => expiryState(facts, now) !== 'valid')
      .toSorted((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
    for (const facts of soon.slice(0, MOST_NAMED)) {
      const days = Math.floor(Math.abs(facts.notAfter.getTime() - now) / DAY);
      const expired = expiryState(facts, now) === 'expired';
      this.#logger?.log(
        expired ? 'err' : 'warning',
        `certificate ${facts.file} (${facts.subject}) ${expired ? `expired ${days} days ago` : `expires in ${days} days`}, ${facts.notAfter.toISOString()}`,
      );
    }
    if (soon.length > MOST_NAMED)
      this.#logger?.log('warning', `${soon.length - MOST_NAMED} more certificates expire soon`);
  }
}
