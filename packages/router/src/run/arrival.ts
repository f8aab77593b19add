import type { Link } from '@headgate/shared/net/link';
import type { FrontendContext } from '../exchange/context.ts';
import { handOver, variablesOf } from '../exchange/variables.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import { noRequest } from '../sample/no-request.ts';
import { Tracking } from '../tables/tracking.ts';

/** What the rules on a connection may keep of it until it is an engine's: variables, and the keys it is tracked by. */
export class Arrival {
  readonly #context: FrontendContext;
  readonly #tracking: Tracking | undefined;
  #facts: ConnectionFacts | undefined = undefined;

  constructor(context: FrontendContext, link: Link) {
    this.#context = context;
    const { config, tables } = context;
    if (tables === undefined || (config.connectionRules.length === 0 && config.sessionRules.length === 0)) return;
    const tracking = (this.#tracking = new Tracking(tables));
    // After the engine's: the exchange that ends with the connection still counts.
    const { whenClosed } = link;
    link.whenClosed = () => {
      whenClosed?.();
      tracking.release();
    };
  }

  /** What rules are evaluated on. */
  on(facts: ConnectionFacts): Evaluation {
    const connection = this.#follow(facts);
    const { world, config } = this.#context;
    const entrance = {
      frontend: config.name,
      defaultBackend: config.defaultBackend,
      clientTimeout: config.timeouts.client,
    };
    const on = { connection, request: noRequest(connection), world, entrance, tracking: this.#tracking };
    return { ...on, variables: variablesOf(on) };
  }

  /** Its facts for the engine. */
  accepted(facts: ConnectionFacts): ConnectionFacts {
    this.#tracking?.accepted();
    return this.#follow(facts);
  }

  #follow(facts: ConnectionFacts): ConnectionFacts {
    if (this.#tracking !== undefined && this.#tracking.slots > 0) facts = { ...facts, tracking: this.#tracking };
    if (this.#facts !== undefined && this.#facts !== facts) handOver(this.#facts, facts);
    return (this.#facts = facts);
  }
}
