import type { Socket } from 'node:net';

/**
 * Bytes of a connection that the kernel has not taken yet: of a TLS connection its encrypted ones, those that leave in this turn
 * of the event loop among them; of the TCP connection below only what waits because the kernel has no more room. The runtime
 * tells in a place that its types do not know; 0 when it is not there.
 */
export function queued(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  const size: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : undefined;
  return typeof size === 'number' ? size : 0;
}
