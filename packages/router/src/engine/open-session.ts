import type { ExchangeRecord } from '../exchange/exchange-record.ts';
import type { Failure } from '../model/failure.ts';

/** A request, a tunnel or a connection in mode tcp that is being served. */
export interface OpenSession {
  readonly exchange: ExchangeRecord;
  /** Ends it at once, and its client's connection with it. */
  kill(failure: Failure): void;
}
