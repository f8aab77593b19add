import { defectText, failures, type Failure } from '../model/failure.ts';
import type { ExchangeRecord } from './exchange-record.ts';

/** What waits: an exchange. */
export interface Waiting extends ExchangeRecord {
  readonly ended: boolean;
  failed(failure: Failure): void;
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
