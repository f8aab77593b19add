import { isDeepStrictEqual } from 'node:util';
import { ask } from '@headgate/shared/admin/ask';
import type { TerminatorPlace } from '../model/terminator-place.ts';
import type { CertificatesView, CertificateView } from '../stats/view.ts';

/** Milliseconds between two questions, after one without an answer, and for one answer. */
const EVERY = 30_000;
const AGAIN = 2000;
const PATIENCE = 5000;
/** Characters of an answer. */
const LONGEST = 2_000_000;
const STATES = ['valid', 'expiring', 'expired'] as const;

/** Asks the terminator which certificates it serves, while anything shows them. */
export class TerminatorWatch {
  #place: TerminatorPlace | undefined;
  #wanted = false;
  #timer: NodeJS.Timeout | undefined;
  /** Counts starts, stops and changes of the place: an answer to a question from before the last one is dropped. */
  #era = 0;
  #seen: CertificatesView | undefined;

  /** What it said last. */
  get seen(): CertificatesView | undefined {
    return this.#seen;
  }

  /** It is asked here from now on; undefined: nowhere. */
  follow(place: TerminatorPlace | undefined): void {
    if (isDeepStrictEqual(place, this.#place)) return;
    this.#place = place;
    this.#seen = undefined;
    this.#again();
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#again();
  }

  stop(): void {
    this.#wanted = false;
    this.#again();
  }

  #again(): void {
    clearTimeout(this.#timer);
    this.#era += 1;
    const place = this.#place;
    if (this.#wanted && place !== undefined) void this.#ask(place);
  }

  async #ask(place: TerminatorPlace): Promise<void> {
    const era = this.#era;
    const seen = await ask(place.address, 'show certificates json', { silence: PATIENCE, most: LONGEST })
      .then(readCertificates)
      .catch((error: unknown) => String(error instanceof Error ? error.message : error));
    if (era !== this.#era) return;
    // At the start of both halves the other one may come later.
    this.#timer = setTimeout(() => void this.#ask(place), typeof seen === 'string' ? AGAIN : EVERY).unref();
    this.#seen = typeof seen === 'string' ? { total: 0, list: [], ...this.#seen, problem: seen } : seen;
  }
}

/** The answer of the terminator, which may be of another version; why it cannot be used. */
export function readCertificates(answer: string): CertificatesView | string {
  let given: unknown;
  try {
    given = JSON.parse(answer);
  } catch {
    return `it does not know 'show certificates': ${answer.split('\n', 1)[0]?.slice(0, 100)}`;
  }
  const { certificates, total } = Object(given) as { certificates?: unknown; total?: unknown };
  if (!Array.isArray(certificates)) return 'it answers something else than certificates';
  return {
    problem: undefined,
    total: Number(total) || certificates.length,
    list: certificates.map((one) => certificateOf(Object(one) as Readonly<Record<string, unknown>>)),
  };
}

function certificateOf(one: Readonly<Record<string, unknown>>): CertificateView {
  const text = (name: string): string => (typeof one[name] === 'string' ? one[name] : '');
  const { names } = one;
  return {
    service: text('service'),
    file: text('file'),
    subject: text('subject'),
    names: Array.isArray(names) ? names.map(String) : [],
    notAfter: Date.parse(text('notAfter')) || 0,
    state: STATES.find((state) => state === one['state']) ?? 'valid',
  };
}
