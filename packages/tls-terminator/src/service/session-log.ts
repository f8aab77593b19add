import type { Fields, Logger, Severity } from '@headgate/shared/log/logger';
import type { Endpoint } from '@headgate/shared/net/endpoint';
import { endings } from '../model/errors.ts';
import type { EndingCode } from '../model/errors.ts';
import { handshakeFailure, type HandshakeFailure, type ServiceCounters } from '../model/counters.ts';
import type { Arrival } from './arrivals.ts';
import { explainTlsFailure } from './tls-failure.ts';
import type { TlsFacts } from './tls-facts.ts';

export interface SessionTotals {
  /** Bytes of the server's that were sent to the client: stunnel's "sent to TLS". */
  readonly toClient: number;
  /** Bytes of the client's that were sent to the server, without the PROXY header: "sent to socket". */
  readonly toServer: number;
  /** Addresses that could not be connected to, and why. */
  readonly refused: readonly string[];
  /** Since its handshake. */
  readonly seconds: number;
}

/** A handshake that came to nothing, for logs other than the terminator's own. */
export interface FailedHandshake {
  /** The name of the service. */
  readonly service: string;
  readonly peer: Endpoint;
  readonly kind: HandshakeFailure;
}

/** A logger that can be asked whether a line would be written, so that unwanted lines are never built. */
export interface SelectiveLogger extends Logger {
  /** Whether lines of this severity are written. */
  admits(severity: Severity): boolean;
  /** Called for every handshake that failed, whatever is written of it. */
  readonly failed?: ((handshake: FailedHandshake) => void) | undefined;
}

type Who = Pick<Arrival, 'id' | 'peer' | 'ja4'>;

/** The log lines for a service's connections, worded as in stunnel: one when connected, one at the end. */
export class SessionLog {
  readonly #logger: SelectiveLogger;
  readonly #service: string;
  readonly counters: ServiceCounters;

  constructor(logger: SelectiveLogger, service: string, counters: ServiceCounters) {
    this.counters = counters;
    this.#logger = logger;
    this.#service = service;
  }

  /** Counts bytes as they go, and returns how many they are. */
  toClient(bytes: number): number {
    this.counters.bytesToClient += bytes;
    return bytes;
  }

  toServer(bytes: number): number {
    this.counters.bytesToServer += bytes;
    return bytes;
  }

  /** The handshake is over; a line is written when a server is reached. */
  secured<Facts extends Pick<TlsFacts, 'version' | 'resumed'>>(facts: Facts): Facts {
    const { counters } = this;
    const { version, resumed } = facts;
    counters.handshakes[version] = (counters.handshakes[version] ?? 0) + 1;
    if (resumed) counters.resumed += 1;
    return facts;
  }

  connected(who: Who, tls: TlsFacts, server: string, refused: readonly string[]): void {
    if (!this.#logger.admits('notice')) return;
    this.#logger.log(
      'notice',
      `Service [${this.#service}] accepted connection from ${endpointText(who.peer)}, connected ${server}`,
      {
        ...this.#fields(who),
        tls: tls.version,
        cipher: tls.cipher,
        group: tls.group === '' ? undefined : tls.group,
        resumed: tls.resumed,
        sni: tls.sni === '' ? undefined : tls.sni,
        alpn: tls.alpn === '' ? undefined : tls.alpn,
        client_certificate: tls.clientName === '' ? undefined : tls.clientName,
        verify: tls.clientCertificate === undefined || tls.verify === 0 ? undefined : tls.verify,
        refused: refused.length === 0 ? undefined : refused.join(', '),
      },
    );
  }

  ended(who: Who, code: EndingCode, { toClient, toServer, refused, seconds }: SessionTotals): void {
    this.counters.endings[code] += 1;
    const { clean, severity, source, words } = endings[code];
    if (!this.#logger.admits(severity)) return;
    const why = code === 'CONNECT_FAILED' ? `${words} (${refused.join(', ')})` : words;
    this.#logger.log(
      severity,
      `Connection ${clean ? 'closed' : 'reset'}: ${toClient} byte(s) sent to TLS, ${toServer} byte(s) sent to socket: ${why}`,
      {
        ...this.#fields(who),
        code,
        by: source,
        bytes_to_client: toClient,
        bytes_to_server: toServer,
        seconds: Number(seconds.toFixed(3)),
      },
    );
  }

  /** `certificate`: why the runtime refused that of the other side. */
  handshakeFailed(who: Who, error: Error & { readonly code?: string | undefined }, certificate?: string): void {
    const kind = handshakeFailure(error.code);
    this.counters.failures[kind] += 1;
    this.#logger.failed?.({ service: this.#service, peer: who.peer, kind });
    const { severity, words } =
      certificate === undefined ? explainTlsFailure(error) : ({ severity: 'notice', words: certificate } as const);
    if (!this.#logger.admits(severity)) return;
    this.#logger.log(
      severity,
      `Service [${this.#service}] TLS handshake with ${endpointText(who.peer)} failed: ${words}`,
      {
        ...this.#fields(who),
        code: error.code,
      },
    );
  }

  /** The other side's certificate is not what the configuration demands. */
  peerRefused(who: Who, why: string, redirected: boolean): void {
    if (!redirected) this.#logger.failed?.({ service: this.#service, peer: who.peer, kind: 'certificate' });
    this.#logger.log(
      'notice',
      `Service [${this.#service}] ${redirected ? 'redirected' : 'refused'} ${endpointText(who.peer)}: ${why}`,
      this.#fields(who),
    );
    this.counters.failures.certificate += 1;
  }

  /** An authority validated a name (ACME): it is nobody's client. */
  challenged(who: Who): void {
    if (!this.#logger.admits('info')) return;
    this.#logger.log(
      'info',
      `Service [${this.#service}] answered a challenge (tls-alpn-01) of ${endpointText(who.peer)}`,
      this.#fields(who),
    );
  }

  tooMany(limit: number, rejected: number): void {
    this.counters.rejected += rejected;
    this.#logger.log('warning', `Connection rejected: too many clients (>=${limit})`, {
      service: this.#service,
      rejected,
    });
  }

  acceptFailed(error: Error): void {
    this.#logger.log('err', `Service [${this.#service}] could not accept a connection: ${error.message}`, {
      service: this.#service,
    });
  }

  /** A fault of ours: the session is closed, the others go on. */
  broken(who: Who, error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error);
    this.#logger.log('crit', `Service [${this.#service}] a session failed unexpectedly`, {
      ...this.#fields(who),
      stack,
    });
  }

  #fields({ id, peer, ja4 }: Who): Fields {
    const client = endpointText(peer);
    return { service: this.#service, session: id, client, ...(ja4 === undefined ? {} : { ja4 }) };
  }
}

/** `127.0.0.1:443`, `[::1]:443`, or `unix socket`. */
export function endpointText({ address, port }: Endpoint): string {
  if (address === '') return 'unix socket';
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}
