import type { RetryOn } from './snapshot.ts';

/**
 * Everything that can make an exchange fail: a stable code, whose fault it was, the status a client gets while
 * nothing was sent yet (0: none, the connection just ends), the termination state of the log line
 * (haproxy-semantics §4.5), and the `retry-on` word that lets another attempt be made.
 */
export interface Failure {
  readonly code: string;
  readonly source: 'client' | 'server' | 'proxy';
  readonly status: number;
  readonly state: string;
  readonly retry: RetryOn | undefined;
  /** A pause before the same server is tried again: an immediate retry would fail the same way. */
  readonly pause?: true;
}

export const failures = {
  /** The server refused the connection, or could not be reached or resolved. */
  connectRefused: {
    code: 'HG_CONNECT_REFUSED',
    source: 'server',
    status: 503,
    state: 'SC',
    retry: 'conn-failure',
    pause: true,
  },
  /** Its certificate is for another name than it was asked for: waiting would change nothing. */
  serverMisnamed: { code: 'HG_SERVER_MISNAMED', source: 'server', status: 503, state: 'SC', retry: 'conn-failure' },
  /** This machine had no descriptor or port left to connect with. */
  outOfResources: {
    code: 'HG_OUT_OF_RESOURCES',
    source: 'proxy',
    status: 503,
    state: 'RC',
    retry: 'conn-failure',
    pause: true,
  },
  /** `timeout connect` expired. */
  connectTimeout: { code: 'HG_CONNECT_TIMEOUT', source: 'server', status: 503, state: 'sC', retry: 'conn-failure' },
  /** The server closed or reset before the first byte of a response. */
  serverClosed: { code: 'HG_SERVER_CLOSED', source: 'server', status: 502, state: 'SH', retry: 'empty-response' },
  /** The server's response is not HTTP, is ambiguous, or exceeds a limit. */
  serverInvalid: { code: 'HG_SERVER_INVALID', source: 'server', status: 502, state: 'PH', retry: 'junk-response' },
  /** `timeout server` expired before a complete response head. */
  serverTimeout: { code: 'HG_SERVER_TIMEOUT', source: 'server', status: 504, state: 'sH', retry: 'response-timeout' },
  /** `http-response wait-for-body`: the body did not come in time. */
  serverBodySlow: { code: 'HG_SERVER_BODY_SLOW', source: 'server', status: 504, state: 'sR', retry: undefined },
  /** The server closed or reset in the middle of its response. */
  serverCut: { code: 'HG_SERVER_CUT', source: 'server', status: 502, state: 'SD', retry: undefined },
  /** `timeout server` expired in the middle of its response. */
  serverStalled: { code: 'HG_SERVER_STALLED', source: 'server', status: 504, state: 'sD', retry: undefined },
  /** The body of the response broke its framing. */
  serverGarbled: { code: 'HG_SERVER_GARBLED', source: 'server', status: 502, state: 'PD', retry: undefined },
  /** Too many passwords are being checked, of all clients or of this one. */
  loginsBusy: { code: 'HG_LOGINS_BUSY', source: 'proxy', status: 503, state: 'RR', retry: undefined },
  /** `timeout queue` expired. */
  queueTimeout: { code: 'HG_QUEUE_TIMEOUT', source: 'proxy', status: 503, state: 'sQ', retry: undefined },
  /** `maxqueue` was reached. */
  queueFull: { code: 'HG_QUEUE_FULL', source: 'proxy', status: 503, state: 'SQ', retry: undefined },
  /** No server is usable, or no backend was chosen. */
  noServer: { code: 'HG_NO_SERVER', source: 'proxy', status: 503, state: 'SC', retry: undefined },
  /** The client disconnected. The second letter is the stage it happened in. */
  clientGone: { code: 'HG_CLIENT_GONE', source: 'client', status: 0, state: 'C', retry: undefined },
  /** In mode tcp by a reset, which HAProxy counts as one of the data stage whenever it comes. */
  clientReset: { code: 'HG_CLIENT_GONE', source: 'client', status: 0, state: 'CD', retry: undefined },
  /** The same while it was still sending its request. */
  uploadCut: { code: 'HG_UPLOAD_CUT', source: 'client', status: 0, state: 'C', retry: undefined },
  /** `timeout client` expired while the client sent its request or received its response. */
  clientTimeout: { code: 'HG_CLIENT_TIMEOUT', source: 'client', status: 408, state: 'c', retry: undefined },
  /** The body of the request broke its framing after it was accepted. */
  clientGarbled: { code: 'HG_CLIENT_GARBLED', source: 'client', status: 400, state: 'PR', retry: undefined },
  /** `timeout tunnel` expired. */
  tunnelTimeout: { code: 'HG_TUNNEL_TIMEOUT', source: 'proxy', status: 0, state: 'cD', retry: undefined },
  /** A client exceeded the limits of its WebSocket (`websocket`), or broke its framing while it had any. */
  webSocketLimit: { code: 'HG_WEBSOCKET_LIMIT', source: 'client', status: 0, state: 'PD', retry: undefined },
  /** The same of a server: a message longer than `max-message`. */
  webSocketServer: { code: 'HG_WEBSOCKET_SERVER', source: 'server', status: 0, state: 'PD', retry: undefined },
  /** The router is stopping and the time to finish has expired. */
  killed: { code: 'HG_KILLED', source: 'proxy', status: 0, state: 'K', retry: undefined },
  /** An operator ended it (`shutdown session`). */
  shutDown: { code: 'HG_SHUT_DOWN', source: 'proxy', status: 502, state: 'K', retry: undefined },
  /** The server went down, and ends its sessions then (`on-marked-down shutdown-sessions`). */
  serverMarkedDown: { code: 'HG_SERVER_DOWN', source: 'server', status: 502, state: 'D', retry: undefined },
  /** Another server came up, and ends the sessions of backups (`on-marked-up shutdown-backup-sessions`). */
  serverMarkedUp: { code: 'HG_SERVER_UP', source: 'server', status: 502, state: 'U', retry: undefined },
  /** A bug that affects one exchange: that exchange ends, the others continue. */
  internal: { code: 'HG_INTERNAL', source: 'proxy', status: 500, state: 'IH', retry: undefined },
} as const satisfies Record<string, Failure>;

/** The word of `retry-on` for a status that a server sent, where it is there. */
export function retryWord(status: number, retryOn: ReadonlySet<RetryOn> | undefined): RetryOn | undefined {
  return [...(retryOn ?? [])].find((one) => one === String(status));
}

/** System errors that mean this process, or this machine, cannot connect to anything. */
const SHORTAGES: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL']);

/** Why there was no connection to a server, from the code of the system's error. */
export function connectFailure(code: string | undefined): Failure {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return failures.serverMisnamed;
  return SHORTAGES.has(code) ? failures.outOfResources : failures.connectRefused;
}

/** The process log message for `failures.internal`. */
export function defectText(error: unknown): string {
  return `internal error: ${error instanceof Error ? error.stack : String(error)}`;
}

/** Ended on purpose: by an operator, or because its server went down or a better one came up. In a tunnel that is nobody's fault. */
export function isOrdered({ code }: Failure): boolean {
  return (
    code === failures.shutDown.code || code === failures.serverMarkedDown.code || code === failures.serverMarkedUp.code
  );
}
