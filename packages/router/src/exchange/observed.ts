import type { Observation } from '../model/backend.ts';
import { failures, type Failure } from '../model/failure.ts';
import type { ExchangeRecord } from './exchange-record.ts';

/** What a failure shows of the server. */
const SHOWN: Readonly<Partial<Record<string, Observation>>> = {
  [failures.connectRefused.code]: 'unreachable',
  [failures.connectTimeout.code]: 'unreachable',
  [failures.serverClosed.code]: 'closed',
  [failures.serverInvalid.code]: 'invalidHead',
  [failures.serverTimeout.code]: 'timeout',
  [failures.serverCut.code]: 'readError',
  [failures.serverGarbled.code]: 'invalidBody',
};

/** Reports to the backend what the traffic of a server shows, where the server is to be observed (`observe`). */
export function observed({ server }: ExchangeRecord, seen: Observation): void {
  if (server?.config.observe !== undefined) server.backend.observed(server, seen);
}

export function observedFailure(exchange: ExchangeRecord, failure: Failure): void {
  const seen = SHOWN[failure.code];
  if (seen !== undefined) observed(exchange, seen);
}

/** HAProxy: 501 and 505 are the client's doing. */
export function answeredWell(status: number): boolean {
  return status < 500 || status === 501 || status === 505;
}
