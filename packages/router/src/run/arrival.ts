import type { Link } from '@headgate/shared/net/link';
import type { FrontendContext } from '../exchange/context.ts';
import { handOver, variablesOf } from '../exchange/variables.ts';
import type { Evaluation, Variables } from '../model/evaluation.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import { noRequest } from '../sample/no-request.ts';
import { Tracking } from '../tables/tracking.ts';

const noChange: NonNullable<Evaluation['readdress']> = () => {};

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

  /** What rules are evaluated on. At the `connection` stage another address is the peer's too, as in HAProxy: `fc_src`. */
  on(facts: ConnectionFacts, stage: 'connection' | 'session'): Evaluation {
    const connection = this.#follow(facts);
    const { world, config } = this.#context;
    const entrance = {
      frontend: config.name,
      number: config.number,
      defaultBackend: config.defaultBackend,
      clientTimeout: config.timeouts.client,
    };
    const known = { request: noRequest(connection), world, entrance, tracking: this.#tracking };
    const on = { ...known, connection, variables: undefined as Variables | undefined, readdress: noChange };
    on.variables = variablesOf(on);
    on.readdress = ({ client = on.connection.client, destination = on.connection.destination }) => {
      const { peer, local } = on.connection;
      const own =
        stage === 'session'
          ? {}
          : {
              peer: client === on.connection.client ? peer : client,
              local: destination === on.connection.destination ? local : destination,
            };
      on.connection = this.#follow({ ...on.connection, ...own, client, destination });
    };
    return on;
  }

  /** Its facts after the rules so far. */
  get facts(): ConnectionFacts | undefined {
    return this.#facts;
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
