/**
 * The compiled configuration of the terminator: immutable, made by compile.ts, read by everything that runs.
 * Times are milliseconds unless a name says otherwise; 0 means none.
 */
import type { SecureContextOptions } from 'node:tls';
import type { Position } from '@headgate/shared/config/raw';
import type { Severity } from '@headgate/shared/log/logger';
import type { Identity } from '@headgate/shared/process/identity';
import type { ProcessSettings } from '@headgate/shared/process/product';

export interface Snapshot {
  readonly process: ProcessSettings;
  readonly logging: Logging;
  /** Where metrics are served (`metrics`, ours), or undefined for nowhere. */
  readonly metrics: { readonly at: Position; readonly host: string; readonly port: number } | undefined;
  /** Given up after binding, before the first connection (`setuid`, `setgid`). Names or numbers. */
  readonly identity: Identity;
  /** In file order; never empty. */
  readonly services: readonly Service[];
  /** Every file the snapshot was made from, configuration and certificates: what a watcher would watch. */
  readonly files: readonly string[];
}

export interface Logging {
  /** Least severe level written (`debug`, stunnel's default: notice). */
  readonly level: Severity;
  /** Log file (`output`), or undefined for none. */
  readonly output: string | undefined;
  /** To standard error: `foreground = yes`, or no `output` and not `foreground = quiet`. */
  readonly stderr: boolean;
  /** `log = append | overwrite`, at open and at re-open. */
  readonly mode: 'append' | 'overwrite';
  /** Also to the local syslog, over UDP (`syslog`). Unlike stunnel, off unless asked for: containers have none. */
  readonly syslog: boolean;
  /** Facility number of syslog lines (`debug = FACILITY.LEVEL`; default daemon, 3). */
  readonly facility: number;
  /** Program name in syslog lines (`service`; default tls-terminator). */
  readonly tag: string;
}

/** One `[name]` section. */
export interface Service {
  readonly name: string;
  readonly at: Position;
  /** All are listened on. Never empty. */
  readonly accepts: readonly AcceptAddress[];
  /** Where the plain bytes go, chosen as `failover` says. Never empty. */
  readonly connects: readonly ConnectAddress[];
  readonly failover: 'prio' | 'rr';
  /** Source address of connections to `connects` (`local`), or undefined. */
  readonly localAddress: string | undefined;
  readonly tls: TlsSettings;
  /** PROXY header written to the server before any payload: 0 none, 1 text, 2 binary with TLVs. */
  readonly proxyProtocol: 0 | 1 | 2;
  readonly timeouts: Timeouts;
  /** After an error, close with RST so that the other side sees an error and not an end (`reset`). */
  readonly reset: boolean;
  /** Connections of this service at one time; 0 is unlimited (`maxConnections`, ours). */
  readonly maxConnections: number;
  /** Least severe level of this service's lines, when it differs (`debug` in a section). */
  readonly logLevel: Severity | undefined;
  readonly sockets: SocketOptions;
}

export type AcceptAddress =
  /** `443` is `0.0.0.0`: every IPv4 address. `:::443` is `::` with both families. Port 0 takes a free port. */
  | { readonly kind: 'tcp'; readonly at: Position; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly at: Position; readonly path: string };

export type ConnectAddress =
  | {
      readonly kind: 'tcp';
      readonly at: Position;
      /** As it was written, for log lines: `80` is `localhost:80`. */
      readonly text: string;
      /**
       * Names or addresses of this one server, tried in order. `connect = 80` and `localhost:80` are
       * `127.0.0.1`, then `::1`: stunnel tries them the other way round and logs an error for each connection.
       */
      readonly hosts: readonly [string, ...string[]];
      readonly port: number;
    }
  | { readonly kind: 'unix'; readonly at: Position; readonly text: string; readonly path: string };

export interface TlsSettings {
  /**
   * Complete options for tls.createSecureContext, tls.createServer and server.setSecureContext: key, cert,
   * minVersion, maxVersion, ciphers, ecdhCurve, honorCipherOrder, secureOptions (`options`, `renegotiation`,
   * `sessionResume`), sessionTimeout, and ticketKeys when the configuration gives them. Without them the runtime
   * adds its own, the same for all workers and kept across reloads.
   */
  readonly secureContext: SecureContextOptions;
  readonly certificate: CertificateFacts;
}

/** What log lines and PROXY TLVs say about our own certificate. */
export interface CertificateFacts {
  /** File the leaf was read from. */
  readonly file: string;
  readonly subject: string;
  /** DNS names and addresses, lower case. */
  readonly names: readonly string[];
  readonly fingerprint256: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Our key for PROXY TLV 0x25, in HAProxy's spelling: `RSA2048`, `EC256`. */
  readonly keyAlgorithm: string;
  /** What signed our certificate, for PROXY TLV 0x24: `RSA-SHA256`, `ecdsa-with-SHA256`. */
  readonly signatureAlgorithm: string;
}

export interface Timeouts {
  /** The handshake (`TIMEOUTbusy`, 300 s). In all of these but `close`, 0 is for ever. */
  readonly busy: number;
  /** Connecting to one address of `connect` (`TIMEOUTconnect`, 10 s). */
  readonly connect: number;
  /** No byte in either direction (`TIMEOUTidle`, 43200 s). */
  readonly idle: number;
  /** After one side has closed, for the other to follow (`TIMEOUTclose`, 60 s); 0 is no time at all. */
  readonly close: number;
}

/** `socket = l:…` and `socket = r:…`: the client's side and the server's side. */
export interface SocketOptions {
  readonly clientNoDelay: boolean;
  readonly clientKeepAlive: boolean;
  readonly serverNoDelay: boolean;
  readonly serverKeepAlive: boolean;
}
