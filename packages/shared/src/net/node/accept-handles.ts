import type { Server } from 'node:net';
import { normalizeAddress, type Endpoint } from '../endpoint.ts';
import { noUser } from '../link.ts';
import { HandleLink } from './handle-link.ts';
import { streams, type Handle } from './handle.ts';
import { ReadMemory } from './read-memory.ts';

/** Connections have TCP_NODELAY from the socket that accepted them, without a call for each. */
const INHERITED = process.platform === 'linux';

/**
 * Makes a listening server hand over its connections as the system has them, instead of making a socket around each. Where the runtime
 * does not offer that they come as usual, with 'connection'.
 */
export function acceptHandles(server: Server, noDelay: boolean, take: (link: HandleLink) => void): void {
  const listening: unknown = Reflect.get(server, '_handle');
  if (streams === undefined || typeof listening !== 'object' || listening === null) return;
  const usual: unknown = Reflect.get(listening, 'onconnection');
  if (typeof usual !== 'function') return;
  const local = addressOf(server);
  if (noDelay && INHERITED) (listening as Handle).setNoDelay?.(true);
  Reflect.set(listening, 'onconnection', (failed: number, accepted: Handle | undefined) => {
    if (failed !== 0 || accepted === undefined) return void Reflect.apply(usual, listening, [failed, accepted]);
    const undelay = noDelay && !INHERITED;
    const options = { memory: new ReadMemory(false), connecting: false, readFirst: false, undelay, local };
    take(new HandleLink(accepted, noUser, options));
  });
}

/** The address of all its connections; undefined when it listens on several. */
function addressOf(server: Server): Endpoint | undefined {
  const bound = server.address();
  if (typeof bound !== 'object' || bound === null) return undefined;
  const { address, port } = bound;
  return address === '0.0.0.0' || address === '::' ? undefined : { address: normalizeAddress(address), port };
}
