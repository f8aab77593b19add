import type { Socket } from 'node:net';

/** Far more than a session lets wait for a client that reads slowly (forward.ts): what is beyond was not our doing. */
export const mostUnread = 1024 * 1024;

/**
 * Bytes of a connection that the kernel has not taken yet: of a TLS connection its encrypted ones, those that leave in this turn
 * of the event loop among them; of the TCP connection below only what waits because the kernel has no more room. OpenSSL answers some records by itself (a KeyUpdate that
 * asks for one, a refused renegotiation), and the runtime keeps these answers, without limit, for a client that never
 * reads. It tells how much that is in a place that its types do not know; 0 when it is not there.
 */
export function unreadBytes(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const size: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : undefined;
  return typeof size === 'number' ? size : 0;
}
