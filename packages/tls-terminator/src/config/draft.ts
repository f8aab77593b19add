/** Directives write into drafts while a configuration is read; compile.ts turns drafts into the snapshot. Long: one field and its default for each option. */
import type { SecureVersion } from 'node:tls';
import type { ControlBind } from '@headgate/shared/admin/control-sockets';
import type { Position, Word } from '@headgate/shared/config/raw';
import type { Severity } from '@headgate/shared/log/logger';
import { newAcmeDraft, type AcmeDraft, type FileOption } from './acme-draft.ts';
import type {
  AcceptAddress,
  ConnectAddress,
  NegotiatedProtocol,
  Snapshot,
  SocketOptions,
  Timeouts,
} from '../model/snapshot.ts';

export type { AcmeDraft, FileOption, OwnOption } from './acme-draft.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface GlobalDraft {
  pidFile: string | undefined;
  hardStopAfter: number;
  oldProcesses: number | undefined;
  workers: number | 'auto';
  user: string | number | undefined;
  group: string | number | undefined;
  chroot: string | undefined;
  /** Endpoints of a service stand before all services, as in stunnel's inetd mode. */
  inetd: boolean;
  level: Severity;
  facility: number;
  output: string | undefined;
  mode: 'append' | 'overwrite';
  /** `foreground` as written. */
  foreground: 'yes' | 'quiet' | 'no' | undefined;
  syslog: boolean;
  tag: string;
  metrics: Snapshot['metrics'];
  controlBinds: ControlBind[];
  controlTimeout: number;
  controlMaxconn: number;
}

/** `protocol` and the options that belong to it. */
export interface NegotiationDraft {
  protocol: NegotiatedProtocol | undefined;
  host: string | undefined;
  username: string | undefined;
  password: string | undefined;
  authentication: 'basic' | 'plain' | 'login' | undefined;
  headers: string[];
}

/** What the options of verification said, before it is known on which side TLS is. */
export interface VerificationDraft {
  request: boolean;
  require: boolean;
  chain: boolean;
  /** The certificate itself must be in CAfile or CApath. */
  peer: boolean;
  hosts: string[];
  emails: string[];
  addresses: string[];
  depth: number | undefined;
  ignored: ReadonlySet<number> | 'all';
  ocspUrl: string | undefined;
  ocspAia: boolean;
  ocspNonce: boolean;
  redirect: ConnectAddress[];
}

/** Files of trust: authorities and what they revoked. */
export interface TrustDraft {
  caFile: FileOption | undefined;
  caPath: FileOption | undefined;
  caVerifyFile: FileOption | undefined;
  crlFile: FileOption | undefined;
  crlPath: FileOption | undefined;
}

export interface ServiceDraft {
  /** `client = yes`: plain bytes come in, TLS goes out. */
  client: boolean;
  /** `PRIMARY:PATTERN` of a service that another one hands connections to, or the name a client sends. */
  sni: Word[];
  accepts: AcceptAddress[];
  /** `socket = a:IPV6_V6ONLY=yes`. */
  v6only: boolean;
  connects: ConnectAddress[];
  failover: 'prio' | 'rr';
  localAddress: string | undefined;
  cert: FileOption | undefined;
  key: FileOption | undefined;
  keyPassFile: FileOption | undefined;
  /** More certificates, in the order to prefer them: files, directories, lists, and lines of such a list. */
  moreCertificates: CertificateSource[];
  acme: AcmeDraft;
  /** Responders are asked for the status of our certificates. */
  ocspUpdate: boolean;
  strictSni: boolean;
  /** Folders of relative names: of certificates, and of authorities and revocation lists. */
  crtBase: string;
  caBase: string;
  trust: TrustDraft;
  verification: VerificationDraft;
  alpn: string[];
  /** The server speaks HTTP/1.1: h2 is left out of what `alpn` offers. */
  http1: boolean;
  pskSecrets: FileOption | undefined;
  pskIdentity: string | undefined;
  negotiation: NegotiationDraft;
  acceptProxy: boolean;
  proxyProtocol: 0 | 1 | 2;
  minVersion: SecureVersion;
  maxVersion: SecureVersion;
  /** Undefined: Mozilla's for a server, OpenSSL's strong ones for a client. */
  ciphers: string | undefined;
  ciphersuites: string;
  curves: string;
  securityLevel: number | undefined;
  secureOptions: number;
  renegotiation: boolean;
  sessionResume: boolean;
  sessionTimeoutSeconds: number;
  ticketKeySecret: { readonly bytes: Buffer; readonly at: Position } | undefined;
  ticketMacSecret: { readonly bytes: Buffer; readonly at: Position } | undefined;
  ticketKeyFile: FileOption | undefined;
  timeouts: Mutable<Timeouts>;
  reset: boolean;
  maxConnections: number;
  maxHandshakes: number;
  maxPerAddress: number;
  ja4: boolean;
  logLevel: Severity | undefined;
  sockets: Mutable<SocketOptions>;
}

/** Where further certificates of a service are: `crt`, `crtList`, or `certificate`, which is one line of such a list. */
export interface CertificateSource {
  readonly kind: 'crt' | 'list' | 'line';
  readonly value: Word;
}

/** A section with the values of all its statements. */
export interface NamedDraft {
  readonly name: Word;
  readonly draft: ServiceDraft;
  /** The options given, valid or not, in lower case. */
  readonly said: ReadonlySet<string>;
}

export function newGlobalDraft(): GlobalDraft {
  return {
    pidFile: undefined,
    hardStopAfter: 0,
    oldProcesses: undefined,
    workers: 1,
    user: undefined,
    group: undefined,
    chroot: undefined,
    inetd: false,
    level: 'notice',
    facility: 3,
    output: undefined,
    mode: 'append',
    foreground: undefined,
    syslog: false,
    tag: 'tls-terminator',
    metrics: undefined,
    controlBinds: [],
    controlTimeout: 10_000,
    controlMaxconn: 10,
  };
}

/** stunnel's defaults, except for TLS itself: that is Mozilla's "intermediate" (guideline 6.0, 2026-04). */
export function newServiceDraft(): ServiceDraft {
  return {
    client: false,
    sni: [],
    accepts: [],
    v6only: false,
    connects: [],
    failover: 'prio',
    localAddress: undefined,
    cert: undefined,
    key: undefined,
    keyPassFile: undefined,
    moreCertificates: [],
    acme: newAcmeDraft(),
    ocspUpdate: false,
    strictSni: false,
    crtBase: '',
    caBase: '',
    trust: { caFile: undefined, caPath: undefined, caVerifyFile: undefined, crlFile: undefined, crlPath: undefined },
    verification: {
      request: false,
      require: false,
      chain: false,
      peer: false,
      hosts: [],
      emails: [],
      addresses: [],
      depth: undefined,
      ignored: new Set(),
      ocspUrl: undefined,
      ocspAia: false,
      ocspNonce: false,
      redirect: [],
    },
    alpn: [],
    http1: false,
    pskSecrets: undefined,
    pskIdentity: undefined,
    negotiation: {
      protocol: undefined,
      host: undefined,
      username: undefined,
      password: undefined,
      authentication: undefined,
      headers: [],
    },
    acceptProxy: false,
    proxyProtocol: 0,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: undefined,
    ciphersuites: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
    curves: 'X25519MLKEM768:X25519:prime256v1:secp384r1',
    securityLevel: undefined,
    secureOptions: 0,
    renegotiation: false,
    sessionResume: true,
    sessionTimeoutSeconds: 300,
    ticketKeySecret: undefined,
    ticketMacSecret: undefined,
    ticketKeyFile: undefined,
    timeouts: { busy: 300_000, connect: 10_000, idle: 43_200_000, close: 60_000 },
    reset: true,
    maxConnections: 0,
    maxHandshakes: 0,
    maxPerAddress: 0,
    ja4: false,
    logLevel: undefined,
    sockets: {
      clientNoDelay: true,
      clientKeepAlive: false,
      serverNoDelay: true,
      serverKeepAlive: false,
      clientKeepIdle: 0,
      serverKeepIdle: 0,
    },
  };
}

/** Options before the first section are copied into every section. */
export function copyServiceDraft(draft: ServiceDraft): ServiceDraft {
  return {
    ...draft,
    accepts: [...draft.accepts],
    connects: [...draft.connects],
    sni: [...draft.sni],
    moreCertificates: [...draft.moreCertificates],
    acme: { ...draft.acme, names: [...draft.acme.names], contact: [...draft.acme.contact] },
    trust: { ...draft.trust },
    verification: {
      ...draft.verification,
      hosts: [...draft.verification.hosts],
      emails: [...draft.verification.emails],
      addresses: [...draft.verification.addresses],
      redirect: [...draft.verification.redirect],
    },
    alpn: [...draft.alpn],
    negotiation: { ...draft.negotiation, headers: [...draft.negotiation.headers] },
    timeouts: { ...draft.timeouts },
    sockets: { ...draft.sockets },
  };
}
