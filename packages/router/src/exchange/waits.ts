import { defectText, failures, type Failure } from '../model/failure.ts';
import { performance } from 'node:perf_hooks';
import { countSettled } from './accounts.ts';
import type { ExchangeRecord } from './exchange-record.ts';

/** What waits: an exchange. */
export interface Waiting extends ExchangeRecord {
  readonly ended: boolean;
  failed(failure: Failure): void;
}

/**
 * Lets the client of a refused request wait (`timeout tarpit`) before `answer` tells it. Its connection counts meanwhile, and no more than one read
 * of what it sends is held.
 */
export function tarpit(exchange: ExchangeRecord, answer: () => void): NodeJS.Timeout {
  const { timeouts } = exchange.backendConfig ?? exchange.context.config;
  const began = performance.now();
  countSettled(exchange, { state: 'P' });
  exchange.affinity?.readCookies(exchange);
  exchange.termination = 'PT--';
  exchange.requestTime = -1;
  return setTimeout(() => {
    exchange.queueTime = Math.floor(performance.now() - began);
    answer();
  }, timeouts.tarpit);
}

/** Resumes the rules of an exchange that need to know whether a password is right, when that is known. */
export function whenKnown(exchange: Waiting, resume: () => void): void {
  exchange.logins.check((matches) => {
    if (exchange.ended) return;
    if (matches === undefined) return exchange.failed(failures.loginsBusy);
    try {
      resume();
    } catch (error) {
      exchange.context.report('err', defectText(error));
      exchange.failed(failures.internal);
    }
  });
}
