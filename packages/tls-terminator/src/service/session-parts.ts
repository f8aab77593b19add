import type { Link, MeasuredLink } from '@headgate/shared/net/link';
import type { Clock } from '@headgate/shared/time/clock';
import type { Service } from '../model/snapshot.ts';
import type { Arrival } from './arrivals.ts';
import type { Outbound } from './outbound.ts';
import type { Candidate } from './candidates.ts';
import type { SessionLog } from './session-log.ts';
import type { TlsFacts } from './tls-facts.ts';

/** What a session is made of. */
export interface SessionParts {
  readonly service: Pick<Service, 'timeouts' | 'reset' | 'proxyProtocol' | 'localAddress' | 'sockets' | 'negotiation'>;
  /** The connection after its handshake; with `client = yes` the plain one. */
  readonly client: MeasuredLink;
  /** How servers are spoken to in TLS, or undefined for plain bytes. */
  readonly outbound: Outbound | undefined;
  /** What there is to say of TLS, once the server is connected. */
  readonly describe: (server: Link) => TlsFacts;
  readonly arrival: Pick<Arrival, 'id' | 'peer' | 'local'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: SessionLog;
  /** Where the bytes may go, in the order to try. */
  readonly candidates: readonly Candidate[];
  readonly onEnd: () => void;
}
