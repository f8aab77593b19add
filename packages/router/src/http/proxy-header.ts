import { encodeV1, encodeV2 } from '@headgate/shared/proxy-protocol/encode';
import type { ConnectionFacts } from '../model/facts.ts';

/** The PROXY header for a server with `send-proxy` (1) or `send-proxy-v2` (2): the client's own addresses. */
export function proxyHeaderFor(connection: ConnectionFacts, version: 1 | 2): Buffer {
  const { client: source, destination } = connection;
  return version === 1 ? encodeV1({ source, destination }) : encodeV2({ source, destination });
}
