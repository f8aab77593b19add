import { performance } from 'node:perf_hooks';
import type { ConnectionFacts } from '../model/facts.ts';
import type { AccessRecord } from '../model/record.ts';
import type { FrontendContext } from './context.ts';

/**
 * Logs a request that was refused before any rule could read it: `<BADREQ>`, all timers but the last at -1.
 * `state` is the termination state's two letters (`PR` bad request, `cR` too slow, `CR` client left), `startedAt`
 * the monotonic time of its first byte.
 */
export function logRefusal(
  context: FrontendContext,
  connection: ConnectionFacts,
  status: number,
  state: string,
  startedAt: number,
): void {
  const activeTime = Math.max(0, Math.floor(performance.now() - startedAt));
  const record: AccessRecord = {
    connection,
    acceptedAt: Date.now() - activeTime,
    frontendName: context.config.name,
    backendName: context.config.name,
    serverName: '<NOSRV>',
    requestTime: -1,
    queueTime: -1,
    connectTime: -1,
    responseTime: -1,
    activeTime,
    status,
    bytesToClient: 0,
    bytesFromClient: 0,
    termination: `${state}--`,
    actconn: context.counts.process.value,
    feconn: context.counts.frontend.value,
    beconn: 0,
    srvconn: 0,
    retries: 0,
    redispatched: false,
    serverQueue: 0,
    backendQueue: 0,
    requestLine: '<BADREQ>',
    host: '',
  };
  context.log(record);
}
