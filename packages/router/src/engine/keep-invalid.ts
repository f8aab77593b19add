import type { FrontendContext } from '../exchange/context.ts';
import type { HeadBytes } from '../http/head-bytes.ts';
import type { ServerState } from '../model/backend.ts';
import type { ConnectionFacts } from '../model/facts.ts';
import type { InvalidMessage } from '../model/invalid-message.ts';
import type { Backend } from '../model/snapshot.ts';

/** What is wrong with a message. */
export type Wrong = Pick<InvalidMessage, 'bytes' | 'at' | 'reason'> & { readonly passed?: number };

/** A head that is valid, and refused as a whole. */
export function wholeHead({ bytes, length }: HeadBytes, reason: string): Wrong {
  return { bytes: bytes.subarray(0, length), at: 0, reason };
}

/** Where it came: a connection, or an exchange on one. */
interface Receiver {
  readonly context: FrontendContext;
  readonly connection: ConnectionFacts;
  readonly backendConfig?: Backend | undefined;
}

/** Keeps it for `show errors`: a request, or a response of `server`. */
export function keepInvalid(
  { context, connection, backendConfig }: Receiver,
  wrong: Wrong,
  server?: ServerState,
): void {
  context.invalid({
    kind: server === undefined ? 'request' : 'response',
    frontend: context.config,
    backend: backendConfig,
    server: server && { name: server.config.name, number: server.id },
    client: connection.client,
    passed: 0,
    ...wrong,
  });
}
