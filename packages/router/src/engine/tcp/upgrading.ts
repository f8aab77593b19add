import type { Link } from '@headgate/shared/net/link';
import type { FrontendContext } from '../../exchange/context.ts';
import type { ServerState } from '../../model/backend.ts';
import type { Decision } from '../../model/decision.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import { decideFrontend } from '../../rules/evaluate.ts';
import type { CreateEngine, Engine } from '../contract.ts';
import type { OpenSession } from '../open-session.ts';
import { tcpEngines } from './engine.ts';

/** A frontend in mode tcp, some of whose connections may become requests: a backend in mode http was chosen, or a rule switched to it. */
class UpgradingEngine implements Engine {
  readonly #tcp: Engine;
  readonly #create: CreateEngine;
  /** Made for the first of them. */
  #http: Engine | undefined = undefined;

  constructor(context: FrontendContext, tcp: ReturnType<typeof tcpEngines>, create: CreateEngine) {
    this.#create = create;
    this.#tcp = tcp(context, (link, facts, head) => this.#upgraded.serve(link, facts, head));
  }

  get #upgraded(): Engine {
    return (this.#http ??= this.#create(asHttp(this.#tcp.context)));
  }

  get context(): FrontendContext {
    return this.#tcp.context;
  }

  set context(context: FrontendContext) {
    this.#tcp.context = context;
    if (this.#http !== undefined) this.#http.context = asHttp(context);
  }

  get connections(): number {
    return this.#tcp.connections + (this.#http?.connections ?? 0);
  }

  get tunnels(): Engine['tunnels'] {
    const [tcp, http] = [this.#tcp.tunnels, this.#http?.tunnels];
    if (http === undefined) return tcp;
    return {
      all: [...tcp.all, ...http.all],
      retire(server, within) {
        tcp.retire(server, within);
        http.retire(server, within);
      },
    };
  }

  get sessions(): readonly OpenSession[] {
    return [...this.#tcp.sessions, ...(this.#http?.sessions ?? [])];
  }

  serve(link: Link, facts: ConnectionFacts, head: Buffer): void {
    this.#tcp.serve(link, facts, head);
  }

  retire(server: ServerState, within?: number): void {
    this.#tcp.retire(server, within);
    this.#http?.retire(server, within);
  }

  moved(server: ServerState): void {
    this.#http?.moved(server);
  }

  drain(within?: number, handedOver?: boolean): void {
    this.#tcp.drain(within);
    // What is upgraded from now on ends with its first answer too.
    this.#upgraded.drain(within, handedOver);
  }

  close(): void {
    this.#tcp.close();
    this.#http?.close();
  }
}

/** The frontend as requests see it: the rules on bytes are done. */
function asHttp(context: FrontendContext): FrontendContext {
  const config = { ...context.config, engine: 'wire', contentRules: [] } as const;
  const decide = (on: Evaluation): Decision => {
    const { backend } = on.connection;
    return backend === undefined ? decideFrontend(config, on) : { kind: 'backend', name: backend };
  };
  return { ...context, config, decide };
}

/** Engines of mode tcp made by one call share their clock; `http` makes those of the connections that become requests. */
export function upgradingEngines(http: CreateEngine): CreateEngine {
  const tcp = tcpEngines();
  return (context) => new UpgradingEngine(context, tcp, http);
}
