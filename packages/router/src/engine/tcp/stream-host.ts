import type { Link } from '@headgate/shared/net/link';
import type { FrontendContext } from '../../exchange/context.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import type { Deadlines } from '../deadlines.ts';
import type { Tunnels } from '../tunnels.ts';

/** The engine, as one stream sees it. */
export interface StreamHost {
  readonly context: FrontendContext;
  readonly deadlines: Deadlines;
  readonly tunnels: Tunnels;
  gone(stream: object): void;
  /** Serves a connection as one of mode http from here on. */
  upgrade(link: Link, facts: ConnectionFacts, head: Buffer): void;
}
