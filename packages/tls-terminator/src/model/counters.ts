/** What is counted of a service: plain numbers, kept by its name from one configuration to the next. */
import { endings, type EndingCode } from './errors.ts';

/** Why a handshake failed, as far as a graph needs to know; the log says more. */
export type HandshakeFailure = 'gone' | 'not-tls' | 'version' | 'parameters' | 'certificate' | 'timeout' | 'other';

const FAILURES: readonly HandshakeFailure[] = [
  'gone',
  'not-tls',
  'version',
  'parameters',
  'certificate',
  'timeout',
  'other',
];

export interface ServiceCounters {
  /** Accepted, and turned away because there were too many. */
  connections: number;
  rejected: number;
  /** After their handshake, not over yet. */
  open: number;
  readonly handshakes: Record<string, number>;
  resumed: number;
  readonly failures: Record<HandshakeFailure, number>;
  readonly endings: Record<EndingCode, number>;
  bytesToClient: number;
  bytesToServer: number;
}

export function newServiceCounters(): ServiceCounters {
  const zero = <Name extends string>(names: readonly Name[]): Record<Name, number> =>
    Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
  return {
    connections: 0,
    rejected: 0,
    open: 0,
    handshakes: zero(['TLSv1.2', 'TLSv1.3']),
    resumed: 0,
    failures: zero(FAILURES),
    endings: zero(Object.keys(endings) as EndingCode[]),
    bytesToClient: 0,
    bytesToServer: 0,
  };
}

/** The class of a failed handshake, from the code of its error. */
export function handshakeFailure(code: string | undefined = ''): HandshakeFailure {
  if (code === 'ECONNRESET' || code === 'EPIPE' || code.includes('UNEXPECTED_EOF')) return 'gone';
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'timeout';
  if (/HTTP_REQUEST|PROXY_REQUEST|WRONG_VERSION_NUMBER|PACKET_LENGTH/.test(code)) return 'not-tls';
  if (code.includes('UNSUPPORTED_PROTOCOL')) return 'version';
  if (/NO_SHARED|NO_SUITABLE/.test(code)) return 'parameters';
  return /CERTIFICATE|UNKNOWN_CA/.test(code) ? 'certificate' : 'other';
}
