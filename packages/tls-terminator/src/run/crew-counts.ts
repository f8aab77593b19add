import type { OpenAnswers } from '../acme/challenges.ts';
import { addNumbers } from '@headgate/shared/metrics/sum';
import { newServiceCounters, type ServiceCounters } from '../model/counters.ts';

/** What a worker sends the primary once a second. */
export interface Counts {
  readonly kind: 'counts';
  /** By the name of the service. */
  readonly services: Readonly<Record<string, ServiceCounters>>;
}

/** What the primary sends its workers when it changes. */
export interface ChallengesMessage {
  readonly kind: 'challenges';
  readonly challenges: OpenAnswers;
}

/** The primary's sums of what its workers have counted: those that have ended included, apart from what they had open. */
export class CrewCounts {
  readonly #workers = new Map<number, Counts['services']>();
  readonly #ended: Record<string, ServiceCounters> = {};

  heard(worker: number, { services }: Counts): void {
    this.#workers.set(worker, services);
  }

  left(worker: number): void {
    const last = this.#workers.get(worker) ?? {};
    this.#workers.delete(worker);
    addNumbers(
      this.#ended,
      Object.fromEntries(Object.entries(last).map(([name, counters]) => [name, { ...counters, open: 0 }])),
    );
  }

  of(service: string): ServiceCounters {
    const sum = newServiceCounters();
    for (const services of [this.#ended, ...this.#workers.values()]) addNumbers(sum, services[service] ?? {});
    return sum;
  }
}

export function isChallenges(message: unknown): message is ChallengesMessage {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'challenges';
}

export function isCounts(message: unknown): message is Counts {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'counts';
}
