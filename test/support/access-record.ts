/** Records for tests of the log formats: a single successful request, and variations of it. */
import type { ConnectionFacts } from '@headgate/router/model/facts';
import type { AccessRecord } from '@headgate/router/model/record';

export function connection(
  client: string,
  port: number,
  destination = '127.0.0.1',
  destinationPort = 25001,
): ConnectionFacts {
  const from = { address: client, port };
  const to = { address: destination, port: destinationPort };
  return { peer: from, local: to, client: from, destination: to, proxied: false, tls: undefined };
}

export function record(differences: Partial<AccessRecord> = {}): AccessRecord {
  return {
    connection: connection('127.0.0.1', 60724),
    acceptedAt: Date.UTC(2026, 10, 23, 6, 47, 44, 612),
    frontendName: 'fh',
    backendName: 'be',
    serverName: 's1',
    requestTime: 0,
    queueTime: 0,
    connectTime: 0,
    responseTime: 4,
    activeTime: 4,
    status: 200,
    bytesToClient: 106,
    bytesFromClient: 40,
    termination: '----',
    actconn: 1,
    feconn: 1,
    beconn: 0,
    srvconn: 0,
    retries: 0,
    redispatched: false,
    serverQueue: 0,
    backendQueue: 0,
    requestLine: 'GET /a?b=1 HTTP/1.1',
    host: 'a',
    ...differences,
  };
}

/** The differences when no server was chosen. */
export const nowhere: Partial<AccessRecord> = {
  serverName: '<NOSRV>',
  queueTime: -1,
  connectTime: -1,
  responseTime: -1,
  activeTime: 0,
};
