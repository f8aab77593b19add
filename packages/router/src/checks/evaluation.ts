import type { CheckEvaluation, Tested } from '../model/check.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { ConnectionFacts, ResponseFacts } from '../model/facts.ts';
import { readResponse } from './response.ts';

const NOWHERE = { address: '', port: 0 };

/** What the expressions of one check are evaluated on. It has no client and no request; the response is read when asked for. */
export function evaluationOf(
  facts: Pick<Evaluation, 'world'> & { readonly variables: (on: Evaluation) => Evaluation['variables'] },
  tested: Tested,
  received: () => string,
): CheckEvaluation {
  const connection: ConnectionFacts = {
    peer: NOWHERE,
    local: NOWHERE,
    client: NOWHERE,
    destination: NOWHERE,
    proxied: false,
    tls: undefined,
  };
  let variables: Evaluation['variables'];
  const on: CheckEvaluation = {
    connection,
    request: {
      connection,
      method: '',
      target: '',
      version: '1.1',
      header: () => [],
      fields: { names: [], values: [] },
    },
    world: facts.world,
    tested,
    get received(): string {
      return received();
    },
    get response(): ResponseFacts | undefined {
      return readResponse(received())?.facts;
    },
    get variables(): Evaluation['variables'] {
      return (variables ??= facts.variables(on));
    },
  };
  return on;
}
