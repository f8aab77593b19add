import { performance } from 'node:perf_hooks';
import type { CheckEvaluation, Tested } from '../model/check.ts';
import type { Evaluation, Payload } from '../model/evaluation.ts';
import type { ConnectionFacts, ResponseFacts } from '../model/facts.ts';
import type { RuntimeState } from '../model/state.ts';
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
    state: stateOf(tested),
    tested,
    get received(): Payload {
      return { text: received(), complete: true };
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

const NO_FRONTEND = { name: '', connections: 0, requestRate: 0, sessionRate: 0 };

/** What a check sees of the router: its own backend and server, which need not be named. */
function stateOf({ place }: Tested): RuntimeState {
  return {
    backend: (name) => (name === undefined || name === place?.backend.config.name ? place?.backend : undefined),
    server: (name) => (name === undefined ? place?.server : undefined),
    frontend: NO_FRONTEND,
    now: performance.now(),
  };
}
