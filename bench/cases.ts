import { applications } from './cases/applications.ts';
import { accessLog } from './cases/access-log.ts';
import { chunked, down100m, down64k, up100m, up64k } from './cases/bodies.ts';
import { handshakesEc, handshakesRsa } from './cases/handshakes.ts';
import {
  edits,
  httpclose,
  limits,
  small,
  smallApi,
  smallBare,
  smallPipeline,
  smallRepeated,
  smallTls,
} from './cases/small.ts';
import { metrics } from './cases/metrics.ts';
import { startAndRest } from './cases/start.ts';
import { tcpBulk, tcpConnections } from './cases/tcp.ts';
import { idleTunnels, websocket } from './cases/tunnels.ts';
import type { Case } from './measure/sample.ts';

/** All cases, in the order of the report. */
export const cases = {
  small,
  'small-api': smallApi,
  'small-bare': smallBare,
  'small-repeated': smallRepeated,
  applications,
  limits,
  edits,
  'small-tls': smallTls,
  'small-pipeline': smallPipeline,
  httpclose,
  chunked,
  'down-64k': down64k,
  'up-64k': up64k,
  'down-100m': down100m,
  'up-100m': up100m,
  'tcp-bulk': tcpBulk,
  'tcp-connections': tcpConnections,
  websocket,
  'handshakes-rsa': handshakesRsa,
  'handshakes-ec': handshakesEc,
  idle: idleTunnels,
  'access-log': accessLog,
  metrics,
  start: startAndRest,
} as const satisfies Record<string, Case>;

export type CaseName = keyof typeof cases;
