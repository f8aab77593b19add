import type { ConnectionFacts, RequestFacts } from '../model/facts.ts';

/** What stands for the request while there is none: phases see to it that nothing asks for it. */
export function noRequest(connection: ConnectionFacts): RequestFacts {
  return { connection, method: '', target: '', version: '1.1', header: () => [], fields: { names: [], values: [] } };
}
