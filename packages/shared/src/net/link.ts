/**
 * The seam between Headgate and the sockets of a runtime. What carries bytes (the wire engine, tunnels, checks, the
 * terminator's sessions) is written against these interfaces; `net/node/` implements them with Node's sockets and is the only
 * place on the data path that imports `node:net` or `node:tls`. `conformance.ts` is the suite that every implementation has to pass.
 *
 * A link calls its user and is called by it, always in the same order: `opened` first if it was dialled, then any number of
 * `data` and `drained`, at most one `ended`, and `closed` exactly once at the very end. It never calls its user from
 * within one of its own methods, so a user may call anything from anywhere.
 */
import type { X509Certificate } from 'node:crypto';
import type { Endpoint } from './endpoint.ts';

/** Why a connection failed: the system's error, with its code (`ECONNRESET`, `EPIPE`, `ECONNREFUSED`, `ETIMEDOUT`…). */
export interface LinkError extends NodeJS.ErrnoException {
  /** The number that OpenSSL gives the failure of a handshake; absent where it has none. */
  readonly openssl?: number | undefined;
}

/** The code of a link over TLS 1.3 whose other end changed its keys again and again and said nothing. */
export const KEY_UPDATES = 'ERR_TLS_KEY_UPDATES';

/** What a link reports, and to whom. One object at a time: a connection that changes hands gets another user. */
export interface LinkUser {
  /** The connection is there. Only of links that were dialled. */
  opened(): void;
  /**
   * The bytes of one read. They are **lent**: the memory is read into again once this returns, unless the link is `bulk` and
   * `true` is returned, which means that someone may still hold them.
   */
  data(chunk: Buffer): boolean;
  /** The other end has sent its last byte (a FIN, or TLS's close_notify). Writing goes on. */
  ended(): void;
  /** `write` returned false before; now everything written has been taken. */
  drained(): void;
  /** The connection is gone; `error` when it did not end in good order. */
  closed(error: LinkError | undefined): void;
}

/** Of a link that nothing is to be reported of, not yet or not any more. */
export const noUser: LinkUser = { opened() {}, data: () => false, ended() {}, drained() {}, closed() {} };

/** One connection. One that was accepted starts paused; one that was dialled reads from the beginning. */
export interface Link {
  user: LinkUser;
  /** Called after `closed` of the user of that moment: for code that counts connections. */
  whenClosed: (() => void) | undefined;
  /** The bytes of a read may be held after `data` returns. False: all links that are not bulk read into the same memory. */
  bulk: boolean;
  /** Where the other end, and ours, is. Asked for while the link is open they stay valid after it; unix sockets have none: `''` and 0. */
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** Dialled, and not open yet. */
  readonly connecting: boolean;
  /** Nothing can be written or read any more; `closed` has been called, or follows. */
  readonly closed: boolean;
  /** The other end has ended. */
  readonly readEnded: boolean;
  /** `end` or `closeSoon` was called. */
  readonly writeEnded: boolean;
  /** The same, and something of what was written, or the FIN, has not left yet. */
  readonly ending: boolean;
  /** Bytes written that the kernel has not taken, but for copies that are given to it at the end of this turn. */
  readonly waiting: number;
  /** `write` returned false, and `drained` follows: write no more. False once closed. */
  readonly full: boolean;
  readonly paused: boolean;
  /**
   * Writes one piece, or two with one system call. False from 64 KiB waiting on, and `drained` follows. The bytes are held
   * until `waiting` is 0: reuse their memory only if it is right after the call. Before `opened` they wait; once closed they are dropped.
   */
  write(bytes: Buffer, more?: Buffer): boolean;
  /** Writes a piece that nobody else holds: its memory may be given back as soon as it has been taken. */
  give(bytes: Buffer): boolean;
  /** Writes a piece whose memory is used again at once; `taken` is called when it has been taken. False from 64 KiB waiting on. */
  copy(bytes: Buffer, taken: () => void): boolean;
  /** Calls back once nothing written so far is waiting; never, if the link closes first. */
  whenTaken(then: () => void): void;
  /** From now on no `data`, whatever a runtime still brings: that is kept (at most one read) and reported after `resume`. */
  pause(): void;
  resume(): void;
  /** Sends a FIN after what waits; reading goes on. The link closes by itself once both ends have ended. `left` is called when the FIN has left. */
  end(left?: () => void): void;
  /** Sends a FIN after what waits, then closes without waiting for the other end. */
  closeSoon(): void;
  /** Closes at once; what waits is dropped. */
  close(): void;
  /**
   * Closes at once with a reset, so that the other end cannot mistake what it got for the complete message. Where no reset is
   * possible it is `close`: on a unix socket, while connecting, and on Node while `ending`.
   */
  reset(): void;
  /**
   * Asks the system whether the connection is gone: a link that is not read gets no report of a reset. A system call; always
   * false on unix sockets, and once our own end has left.
   */
  vanished(): boolean;
  /** Of a link that was dialled with TLS (`dialSecure`). */
  readonly secure?: Securing | undefined;
}

/** The TLS of a link to a server. */
export interface Securing {
  /** The TCP connection is open, and the handshake is not over. */
  readonly handshaking: boolean;
  /** What was agreed; undefined before `opened`. */
  readonly facts: TlsFacts | undefined;
  /** The certificate of the server (DER), also where a session is resumed; undefined before `opened`. */
  readonly certificate: Buffer | undefined;
}

/** A link that reports what it costs the system. */
export interface MeasuredLink extends Link {
  /** Over TLS: encrypted bytes that were read so far, plain ones or not. 0 where that is not known, and without TLS. */
  readonly encrypted: number;
  /** Bytes that have not left; over TLS encrypted ones, those among them that TLS sent by itself: it replies to some records. */
  readonly unsent: number;
  /** Bytes wait because the kernel has no more room for them: the other end does not read. */
  readonly stuck: boolean;
}

/** A link over TLS, after its handshake. */
export interface SecureLink extends MeasuredLink {
  readonly facts: TlsFacts;
  /**
   * The certificate of the other end; a new object for each call. Node (24) returns that of a server for the first call only, and
   * none for a session that was resumed.
   */
  peerCertificate(): PeerCertificate;
  /** SHA-256 fingerprint of our certificate that was sent, in X509Certificate's form; undefined when none was. */
  ownFingerprint(): string | undefined;
}

/** What the other end showed in its handshake. */
export interface PeerCertificate {
  /** Undefined: nothing. */
  readonly certificate: X509Certificate | undefined;
  /** OpenSSL's verification error by its name in Node.js, such as CERT_HAS_EXPIRED; undefined: its chain is good. */
  readonly error: string | undefined;
}

/** What was agreed in a handshake. */
export interface TlsFacts {
  /** `TLSv1.3`. */
  readonly version: string;
  /** OpenSSL's name of the cipher suite. */
  readonly cipher: string;
  /** The server name the client sent, as it is on the wire; '' for none. */
  readonly sni: string;
  readonly alpn: string;
  /** An earlier session was resumed: no certificate and no signature. */
  readonly resumed: boolean;
  /** The group of the key exchange: `X25519MLKEM768`; '' where that is not known. */
  readonly group: string;
  /** The secrets of the handshake, as they are now; absent where they are not known. */
  readonly secrets?: (() => TlsSecrets) | undefined;
}

/** The secrets of a handshake; undefined where they are not known, or the connection has closed. */
export interface TlsSecrets {
  readonly sessionId: Buffer | undefined;
  /** The master key of the session, with which what was recorded can be decrypted (TLS 1.2). */
  readonly sessionKey: Buffer | undefined;
  /** The first Finished message of the handshake (RFC 5929, `tls-unique`). */
  readonly uniqueId: Buffer | undefined;
}

/** What a TLS server reports of the handshakes it does. */
export interface TlsServerUser {
  /** A handshake is complete. `below` is the accepted link; undefined where the runtime does not say which. */
  secured(link: SecureLink, below: Link | undefined): void;
  /** A handshake failed. `unanswered`: not a byte was sent to the client. `shown`: the certificate because of which it failed, if it did. */
  refused(error: LinkError, below: Link | undefined, unanswered: boolean, shown: PeerCertificate | undefined): void;
}

/** What a TLS server asks for during a handshake. */
export interface TlsServerHelp {
  /** The status of our certificate (DER) that is sent with it (OCSP stapling); undefined: none. Asked only for clients that want it. */
  readonly staple?: ((certificate: Buffer) => Buffer | undefined) | undefined;
  /** The server name in what a client sent first; '' for none. Asked only for a session that was resumed in TLS 1.2, whose name the runtime drops. */
  readonly nameIn?: ((first: Buffer) => string) | undefined;
  /** Keys of session tickets (48 bytes), the one in use first; those of the others are accepted. Empty: `ticketKeys` of the options. */
  readonly ticketKeys?: readonly Buffer[] | undefined;
}

/** What becomes of a handshake with a server; one of the first two is called, once. */
export interface TlsClientUser {
  secured(link: SecureLink): void;
  failed(error: LinkError): void;
  /** A session that can be resumed; any number of times, also later. */
  session(ticket: Buffer): void;
}

/** How servers are connected to over TLS. Certificates, keys and lists are PEM texts. */
export interface TlsClientSettings {
  /** Who may have signed the server's certificate. */
  readonly ca: readonly string[];
  readonly crl: readonly string[];
  /** Shown to a server that asks for it; undefined: none. */
  readonly identity: { readonly cert: string; readonly key: string } | undefined;
  /** OpenSSL's list of ciphers up to TLS 1.2, and of the suites of TLS 1.3; undefined: the runtime's. */
  readonly ciphers: string | undefined;
  readonly suites: string | undefined;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** OpenSSL's options, SSL_OP_…, as their sum. */
  readonly options: number;
  /** Refuse a server whose certificate is not signed by one of `ca`, or not for the name that is asked for. */
  readonly verify: boolean;
  /** The name that the certificate has to be for where none is asked for. */
  readonly verifyName: string | undefined;
  /** Resume earlier sessions. */
  readonly resume: boolean;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

/** Settings that the runtime has accepted. Equal settings give the same object, and with it the sessions that can be resumed. */
export interface TlsClient {
  /** The same for equal settings. */
  readonly id: string;
  readonly settings: TlsClientSettings;
}

/** What one connection over TLS asks for. */
export interface SecureCall {
  readonly client: TlsClient;
  /** The server name (SNI), which the certificate has to be for if it is verified; '' for none. */
  readonly name: string;
  /** The protocols that are offered (ALPN). */
  readonly alpn: readonly string[];
  /** Sent in the clear before the handshake: a PROXY header. */
  readonly greeting?: ((below: Link) => Buffer | undefined) | undefined;
}

export interface TlsServer {
  /**
   * Begins a handshake on an accepted link, which belongs to TLS from then on; only writing after a refusal, closing and `whenClosed` are
   * left to its user. `early`: bytes that were read from it already.
   */
  secure(link: Link, early?: Buffer): void;
  /** Session tickets are made with this key (48 bytes) from now on; those made before are void. */
  renewTickets(key: Buffer): void;
}

/**
 * Where a listener listens. Without a host: every IPv4 address. `name`: tells places apart whose port the system chooses (0). `mode`: the
 * permissions of a unix socket, 0o777 less the umask when not given.
 */
export type Place =
  | {
      readonly host?: string;
      readonly port: number;
      readonly ipv6Only?: boolean;
      readonly backlog?: number;
      readonly name?: string;
    }
  | { readonly path: string; readonly mode?: number | undefined; readonly backlog?: number };

/** Where to connect to. A name is tried at all its addresses, `localhost` at 127.0.0.1 and ::1 whatever the hosts file says. */
export type Destination =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/**
 * Default number of listening sockets per address. Node accepts one connection per listening socket and turn
 * of its event loop (libuv 1.45 and later), and with a thousand busy connections a turn takes tens of milliseconds: a
 * single socket lets a storm of new connections wait for seconds. HAProxy accepts up to 64 at a time (tune.maxaccept).
 */
export const DEFAULT_SHARDS = 16;
