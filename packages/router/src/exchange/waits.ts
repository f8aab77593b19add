import { defectText, failures, type Failure } from '../model/failure.ts';
import { performance } from 'node:perf_hooks';
import { countSettled } from './accounts.ts';
import type { Carrier } from './carrier.ts';
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
  clearRequestTime(exchange);
  return setTimeout(() => {
    exchange.queueTime = Math.floor(performance.now() - began);
    answer();
  }, timeouts.tarpit);
}

/** Resumes the rules of an exchange that have stopped for something: the body of the request, an address, or whether a password is right. */
export function whenKnown(exchange: Waiting, carrier: Carrier, resume: () => void): void {
  if (exchange.lookingUp) return whenResolved(exchange, resume);
  const { bodyWait } = exchange;
  if (bodyWait !== undefined) {
    exchange.bodyWait = undefined;
    return carrier.buffer(bodyWait, () => goOn(exchange, resume));
  }
  exchange.logins.check((matches) => {
    if (exchange.ended) return;
    if (matches === undefined) return exchange.failed(failures.loginsBusy);
    goOn(exchange, resume);
  });
}

/** Resumes rules that have stopped for the address of a name. */
export function whenResolved(exchange: Waiting, resume: () => void): void {
  exchange.lookups?.look(() => goOn(exchange, resume));
}

/** Goes on when another process has answered. */
export function whenAnswered(exchange: Waiting, answered: Promise<void>, resume: () => void): void {
  void answered.then(() => goOn(exchange, resume));
}

/** Goes on from outside the turn in which the request came, where an error of ours would end the process. */
function goOn(exchange: Waiting, resume: () => void): void {
  if (exchange.ended) return;
  try {
    resume();
  } catch (error) {
    exchange.context.report('err', defectText(error));
    exchange.failed(failures.internal);
  }
}

/** As HAProxy logs it: a request that goes nowhere has no time, unless its body was waited for (`option http-buffer-request`). */
export function clearRequestTime(exchange: ExchangeRecord): void {
  const waited = exchange.context.config.bufferRequest || exchange.backendConfig?.bufferRequest === true;
  if (!waited) exchange.requestTime = -1;
}
