/**
 * The compiled configuration of the terminator: immutable, made by compile.ts, read by everything that runs.
 * Times are milliseconds unless a name says otherwise; 0 means none.
 */
import type { SecureContextOptions } from 'node:tls';
import type { Control } from '@headgate/shared/admin/control-sockets';
import type { Position } from '@headgate/shared/config/raw';
import type { Severity } from '@headgate/shared/log/logger';
import type { Identity } from '@headgate/shared/process/identity';
import type { ProcessSettings } from '@headgate/shared/process/product';
import type { AcmeSettings } from './acme.ts';
import type { CertificateList, TicketFile, TrustedFile } from './served.ts';
import type { StapleSource } from './staple.ts';

export interface Snapshot {
  readonly process: ProcessSettings;
  readonly logging: Logging;
  /** Where metrics are served (`metrics`, ours), or undefined for nowhere. */
  readonly metrics: { readonly at: Position; readonly host: string; readonly port: number } | undefined;
  /** The control sockets (`stats socket`). */
  readonly control: Control;
  /** Certificates that are obtained and renewed (`acme`, ours). */
  readonly acme: AcmeSettings;
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
  /** All are listened on. Empty only for a service that another one hands connections to (`sni = PRIMARY:PATTERN`). */
  readonly accepts: readonly AcceptAddress[];
  /** Where the bytes go, chosen as `failover` says. Never empty. */
  readonly connects: readonly ConnectAddress[];
  readonly failover: 'prio' | 'rr';
  /** Source address of connections to `connects` (`local`), or undefined. */
  readonly localAddress: string | undefined;
  /** How TLS is accepted; undefined with `client = yes`. */
  readonly tls: TlsSettings | undefined;
  /** `client = yes`: plain bytes come in, TLS goes out. */
  readonly outbound: OutboundTls | undefined;
  /** Services that get the connections to this one whose server name matches, the first that does (`sni = NAME:PATTERN`). */
  readonly secondaries: readonly Secondary[];
  /** The conversation that precedes the handshake (`protocol = smtp` and others), or undefined for none. */
  readonly negotiation: NegotiationSettings | undefined;
  /** A PROXY header of version 1 or 2 is demanded from the client before the handshake (`acceptProxy`, ours). */
  readonly acceptProxy: boolean;
  /** PROXY header written to the server before any payload: 0 none, 1 text, 2 binary with TLVs. */
  readonly proxyProtocol: 0 | 1 | 2;
  readonly timeouts: Timeouts;
  /** After an error, close with RST so that the other side sees an error and not an end (`reset`). */
  readonly reset: boolean;
  /** Connections of this service at one time; 0 is unlimited (`maxConnections`, ours). */
  readonly maxConnections: number;
  /** Unfinished handshakes of this service at one time (`maxHandshakes`, ours); 0 is unlimited. */
  readonly maxHandshakes: number;
  /** Connections of one address at one time (`maxPerAddress`, ours); 0 is unlimited. */
  readonly maxPerAddress: number;
  /** The JA4 fingerprint of clients is logged (`ja4`, ours). */
  readonly ja4: boolean;
  /** Least severe level of this service's lines, when it differs (`debug` in a section). */
  readonly logLevel: Severity | undefined;
  readonly sockets: SocketOptions;
}

export type AcceptAddress =
  /** `443` is `0.0.0.0`: every IPv4 address. `:::443` is `::` with both families. Port 0 takes a free port. */
  | {
      readonly kind: 'tcp';
      readonly at: Position;
      readonly host: string;
      readonly port: number;
      /** No IPv4 on an IPv6 address (`socket = a:IPV6_V6ONLY=yes`). */
      readonly v6only?: boolean | undefined;
    }
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
   * `sessionResume`), sessionTimeout, ca and crl for clients, and ticketKeys when the configuration gives them. Without them the
   * runtime adds its own, the same for all workers, kept across reloads and renewed every day.
   */
  readonly secureContext: SecureContextOptions;
  /** The default certificate; undefined for a service of pre-shared keys alone. */
  readonly certificate: CertificateFacts | undefined;
  readonly verification: Verification;
  /** Keys of session tickets (`ticketKeys`): the one in use, then those whose tickets are accepted too. Empty: no file gives any. */
  readonly ticketKeys: readonly Buffer[];
  readonly ticketFile: TicketFile | undefined;
  /** Protocols offered by ALPN, best first; empty: none. */
  readonly alpn: readonly string[];
  /** Certificates by the server name that a client requests; undefined when the default one is for every name. */
  readonly names: CertificateNames | undefined;
  /** Every certificate that is served, once; the default one first. */
  readonly certificates: NamedCertificate['pairs'];
  /** Where they are listed, and what clients are verified with: for the control socket. */
  readonly lists: readonly CertificateList[];
  readonly trusted: readonly TrustedFile[];
  /** Pre-shared keys by identity (`PSKsecrets`); empty: none. */
  readonly preSharedKeys: ReadonlyMap<string, Buffer>;
}

/** Which certificate a requested name gets: an exact name, else the wildcard of its parent, else the default certificate. */
export interface CertificateNames {
  /** By the complete name in lower case; `undefined` excludes a name from the wildcard above it (`!name`). */
  readonly exact: ReadonlyMap<string, NamedCertificate | undefined>;
  /** By what follows the first label: `example.com` for `*.example.com`. */
  readonly wildcard: ReadonlyMap<string, NamedCertificate>;
  /** A client that requests no name, or one that is not here, is refused (`strictSni`). */
  readonly strict: boolean;
  /** Settings of names that have their own. Index 0 is not here: it is those of the service. */
  readonly variants: readonly Variant[];
  /** The default certificate, when it has several keys. */
  readonly fallback: NamedCertificate | undefined;
  /** How many different certificates there are, the default one included. */
  readonly count: number;
}

/** A certificate for some names: one key, or an RSA and an EC key from which OpenSSL chooses what the client can verify. */
export interface NamedCertificate {
  readonly pairs: readonly {
    readonly keyPem: string;
    readonly certPem: string;
    readonly facts: CertificateFacts;
    readonly staple: StapleSource | undefined;
  }[];
  /** 0 for the settings of the service, else 1 + the index in `variants`. */
  readonly variant: number;
}

/** Everything of TLS that a name may set for itself (the bracket of a line in a crt-list). */
export interface Variant {
  /** Without key and cert. */
  readonly secureContext: SecureContextOptions;
  readonly verification: Verification;
  readonly alpn: readonly string[];
}

/** What is demanded of the certificate of the other side: of a client, or with `client = yes` of a server. */
export interface Verification {
  /** A client is asked for its certificate. A server always shows one. */
  readonly request: boolean;
  /** No certificate is no connection. */
  readonly require: boolean;
  /** It must lead to an authority in CAfile or CApath. */
  readonly chain: boolean;
  /** It must itself be one of these (`verifyPeer`), by `pinOf`; undefined: any. */
  readonly pinned: ReadonlySet<string> | undefined;
  /** One of these must be in it; none of any kind: every name will do. */
  readonly hosts: readonly string[];
  readonly emails: readonly string[];
  readonly addresses: readonly string[];
  /** Longest chain of authorities above the certificate, the root included (`verifyDepth`); undefined: OpenSSL's limit. */
  readonly depth: number | undefined;
  /** Verification errors that refuse no client (HAProxy's `crt-ignore-err`, `ca-ignore-err`), by their number. */
  readonly ignored: ReadonlySet<number> | 'all';
  readonly ocsp: OcspSettings | undefined;
  /** Where clients go that fail this, instead of being refused (`redirect`). */
  readonly redirect: readonly ConnectAddress[];
}

/** Whom to ask whether a certificate was revoked. An answer other than "good", or none, refuses it. */
export interface OcspSettings {
  /** `OCSP`: asked for every certificate below the root. */
  readonly url: string | undefined;
  /** `OCSPaia`: also the responders that a certificate names. */
  readonly aia: boolean;
  readonly nonce: boolean;
  /** PEM of the authorities in CAfile and CApath: peers often send their own certificate alone. */
  readonly authorities: readonly string[];
}

/** How TLS is spoken to a server. */
export interface OutboundTls {
  /** For tls.createSecureContext: ca, crl, key and cert of ours for servers that ask, versions, ciphers, groups. */
  readonly secureContext: SecureContextOptions;
  readonly verification: Verification;
  /** Name sent as SNI; undefined: the host of `connect`, unless it is an address; '': none. */
  readonly serverName: string | undefined;
  readonly alpn: readonly string[];
  readonly sessionResume: boolean;
  /** Identity and key of ours, when the server knows clients by pre-shared keys. */
  readonly preSharedKey: { readonly identity: string; readonly key: Buffer } | undefined;
}

export interface Secondary {
  /** Name of the service. */
  readonly service: string;
  /** In lower case; a leading `*` stands for any beginning, as in stunnel: `*.example.com` is also `a.b.example.com`. */
  readonly pattern: string;
}

/** The conversation before TLS, and what it needs to know. */
export interface NegotiationSettings {
  readonly protocol: NegotiatedProtocol;
  /** `protocolHost`: whom CONNECT asks for, or how SMTP greets. */
  readonly host: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly authentication: 'basic' | 'plain' | 'login';
  /** Header lines of CONNECT (`protocolHeader`). */
  readonly headers: readonly string[];
}

export type NegotiatedProtocol = 'connect' | 'imap' | 'ldap' | 'nntp' | 'pgsql' | 'pop3' | 'smtp';

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
  /** Seconds of silence before the first keep-alive probe (`TCP_KEEPIDLE`); 0 is the system's default. */
  readonly clientKeepIdle: number;
  readonly serverKeepIdle: number;
}
