import type { ConnectionFacts, RequestFacts } from '../model/facts.ts';

/** Placeholder before there is a request; the phase check guarantees that nothing reads it. */
export function noRequest(connection: ConnectionFacts): RequestFacts {
  return { connection, method: '', target: '', version: '1.1', header: () => [], fields: { names: [], values: [] } };
}
