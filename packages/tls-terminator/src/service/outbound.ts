import { Sessions } from '@headgate/shared/net/sessions';
import { clientContext } from '../certificate/contexts.ts';
import type { OutboundTls } from '../model/snapshot.ts';
import type { Revocation } from './revocation.ts';

/** How TLS is spoken to the servers of a service: what all its connections share. */
export interface Outbound {
  readonly settings: OutboundTls;
  readonly context: ReturnType<typeof clientContext>;
  /** The last session of each candidate, by its address, to resume. */
  readonly sessions: Sessions;
  readonly revocation: Revocation;
}

/** Throws when OpenSSL does not take the options. */
export function outboundOf(settings: OutboundTls, revocation: Revocation): Outbound {
  return { settings, context: clientContext(settings.secureContext), sessions: new Sessions(), revocation };
}
