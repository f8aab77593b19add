import type { CapturedValues } from './captures.ts';
import type { Severity } from '@headgate/shared/log/logger';
import type { ConnectionFacts } from './facts.ts';

/** `http-request set-log-level`. */
export type LogLevel = Severity | 'silent';

/**
 * Everything an access log line can contain about a finished exchange. The exchange itself is the record:
 * nothing is copied to log it. Times are milliseconds, -1 when not reached (haproxy-semantics §4.2–4.5).
 */
export interface AccessRecord {
  readonly connection: ConnectionFacts;
  /** Wall-clock milliseconds of the first byte of the request. */
  readonly acceptedAt: number;
  readonly frontendName: string;
  /** The frontend's name when no backend was chosen. */
  readonly backendName: string;
  /** `<NOSRV>` when none was chosen. */
  readonly serverName: string;
  readonly requestTime: number; // TR
  readonly queueTime: number; // Tw
  readonly connectTime: number; // Tc
  readonly responseTime: number; // Tr
  readonly activeTime: number; // Ta
  /** -1 when nothing was sent. */
  readonly status: number;
  readonly bytesToClient: number;
  /** Of the body, or of a tunnel. */
  readonly bytesFromClient: number;
  /** Of the head of the request; absent where there was none. */
  readonly headBytes?: number;
  /** Four characters, `----` for a normal end. */
  readonly termination: string;
  readonly actconn: number;
  readonly feconn: number;
  readonly beconn: number;
  readonly srvconn: number;
  readonly retries: number;
  readonly redispatched: boolean;
  readonly serverQueue: number;
  readonly backendQueue: number;
  /** `GET /x HTTP/1.1` as received, or `<BADREQ>`. */
  readonly requestLine: string;
  /** Logged before the end (`option logasap`). */
  readonly early?: boolean;
  /** What a rule made of the severity of its line. */
  readonly logLevel?: LogLevel | undefined;
  /** Undefined where the frontend captures nothing, and for a request that could not be read. */
  readonly captures?: CapturedValues | undefined;
  /** A connection in mode tcp: there is no request. */
  readonly stream?: boolean;
  /** For the JSON form: the Host header, empty when absent. */
  readonly host: string;
  /** For the JSON form: the User-Agent header. */
  readonly userAgent?: string | undefined;
  /** `unique-id-format`, where there is one. */
  readonly uniqueId?: string | undefined;
}

/** All that came of a request: its head and its body. */
export function bytesOfRequest({
  headBytes = 0,
  bytesFromClient,
}: Pick<AccessRecord, 'headBytes' | 'bytesFromClient'>): number {
  return headBytes + bytesFromClient;
}
