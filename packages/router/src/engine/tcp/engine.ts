import type { Link } from '@headgate/shared/net/link';
import type { FrontendContext } from '../../exchange/context.ts';
import type { ServerState } from '../../model/backend.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import type { Engine } from '../contract.ts';
import { Deadlines } from '../deadlines.ts';
import type { OpenSession } from '../open-session.ts';
import { Tunnels } from '../tunnels.ts';
import { Stream } from './stream.ts';
import type { StreamHost } from './stream-host.ts';

/** Serves connections as those of mode http. */
export type Upgrade = StreamHost['upgrade'];

/** The data path of `mode tcp`: one server connection for each client connection, and bytes both ways. One instance per frontend. */
class TcpEngine implements Engine, StreamHost {
  context: FrontendContext;
  readonly deadlines: Deadlines;
  readonly tunnels = new Tunnels();
  readonly upgrade: Upgrade;
  readonly #streams = new Set<Stream>();

  constructor(context: FrontendContext, deadlines: Deadlines, upgrade: Upgrade) {
    this.context = context;
    this.deadlines = deadlines;
    this.upgrade = upgrade;
  }

  get connections(): number {
    return this.#streams.size;
  }

  serve(link: Link, facts: ConnectionFacts, head: Buffer): void {
    const stream = new Stream(this, link, facts);
    this.#streams.add(stream);
    this.deadlines.add(stream);
    stream.begin(head);
  }

  gone(stream: Stream): void {
    this.#streams.delete(stream);
    this.deadlines.remove(stream);
  }

  get sessions(): readonly OpenSession[] {
    return [...this.#streams];
  }

  retire(server: ServerState, within = this.context.global.drainTimeout): void {
    this.tunnels.retire(server, within);
  }

  /** Nothing idle is kept in mode tcp. */
  moved(): void {}

  drain(within?: number): void {
    if (within !== undefined) this.tunnels.drain(within);
  }

  close(): void {
    for (const stream of this.#streams) stream.destroy();
  }
}

/** Engines made by one call share their clock. `upgrade`: what becomes of connections whose bytes are requests. */
export function tcpEngines(): (context: FrontendContext, upgrade: Upgrade) => Engine {
  const deadlines = new Deadlines();
  return (context, upgrade) => new TcpEngine(context, deadlines, upgrade);
}
