/** Sections without a setting, for tests: each names what differs. */
import { NO_TIMEOUTS } from './timeouts.ts';
import type { Frontend, Proxy } from './snapshot.ts';

/** What frontends and backends have in common. */
export function proxyConfig(name: string): Proxy {
  return {
    name,
    number: 1,
    at: { file: 'test.cfg', line: 1, column: 1 },
    timeouts: NO_TIMEOUTS,
    connectionMode: 'keep-alive',
    forwardFor: undefined,
    originalTo: undefined,
    tracks: false,
    log: [],
    inspectDelay: 0,
    contentRules: [],
    requestRules: [],
    statsRules: [],
    redirects: [],
    responseRules: [],
    afterResponseRules: [],
    errorAnswers: new Map(),
    bufferRequest: false,
  };
}

export function frontendConfig(differences: Partial<Frontend> = {}): Frontend {
  return {
    ...proxyConfig('all'),
    engine: 'wire',
    binds: [],
    maxconn: 0,
    sessionRate: 0,
    logFormat: 'httplog',
    dontLogNull: false,
    ignoreProbes: false,
    logSeparateErrors: false,
    logAsap: false,
    logsServerEnds: false,
    logStructured: undefined,
    errorLogFormat: undefined,
    uniqueId: undefined,
    uniqueIdHeader: undefined,
    dontLogNormal: false,
    socketStats: false,
    connectionRules: [],
    sessionRules: [],
    useBackends: [],
    defaultBackend: undefined,
    reads: [],
    pure: true,
    monitorUri: undefined,
    ...differences,
  };
}
