import { badRequest } from '../sample/words.ts';
import { performance } from 'node:perf_hooks';
import type { ConnectionFacts } from '../model/facts.ts';
import type { AccessRecord } from '../model/record.ts';
import { bodyOf, refusalText } from '../http/outgoing.ts';
import { countRefused } from './accounts.ts';
import type { FrontendContext } from './context.ts';
import { noRequest } from '../sample/no-request.ts';
import { errorAnswer } from '../http/error-answers.ts';

/**
 * Logs a request that was refused before the rules ran: `<BADREQ>`, all timers but the last at -1.
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
  countRefused(context, connection);
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
    requestLine: badRequest,
    early: context.config.logAsap,
    host: '',
  };
  const { world, config } = context;
  const entrance = {
    frontend: config.name,
    number: config.number,
    defaultBackend: config.defaultBackend,
    clientTimeout: config.timeouts.client,
  };
  context.log(record, () => ({ connection, request: noRequest(connection), world, entrance, record }));
}

/** Statuses for which HAProxy, which does not have them, answers 400. */
const MALFORMED: ReadonlySet<number> = new Set([414, 431, 505]);

/** The answer to a request that was refused before the rules ran: the frontend's `errorfile` for its status, or the built-in page. The connection closes. */
export function refusal({ errorAnswers }: FrontendContext['config'], status: number): Buffer {
  const own = errorAnswers.get(status) ?? (MALFORMED.has(status) ? errorAnswers.get(400) : undefined);
  // A page that is made of the request cannot be: there is none.
  if (own === undefined || typeof own === 'function') return Buffer.from(refusalText(errorAnswer(status)));
  if (own.nothing === true) return Buffer.alloc(0);
  const headers = own.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const body = bodyOf(own);
  const head = `HTTP/1.1 ${own.status} ${own.reason}\r\ncontent-length: ${body.length}\r\n${headers}connection: close\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
