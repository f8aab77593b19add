import net, { type ListenOptions } from 'node:net';
import type { Inherited } from './inherited.ts';

/** Has a bound socket that nothing in this process listens on. */
export class HoldingServer extends net.Server {
  constructor(socket: Inherited) {
    super();
    // Node listens on handles too, which its types do not say.
    this.listen(socket as ListenOptions);
    // Of a unix socket that another process has bound it takes the descriptor alone, and leaves the rest to what follows.
    if (heldBy(this) === undefined) Reflect.set(this, '_handle', socket);
    this.unref();
  }

  /** What Node calls to listen on the socket that it has taken. */
  _listen2(): void {}
}

/** The handle of a server that has one. */
function heldBy(server: net.Server): object | undefined {
  const handle: unknown = Reflect.get(server, '_handle');
  return typeof handle === 'object' && handle !== null ? handle : undefined;
}
