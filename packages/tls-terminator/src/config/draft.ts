/** What directives write into while a configuration is read; compile.ts turns drafts into the snapshot. */
import type { SecureVersion } from 'node:tls';
import type { Position, Word } from '@headgate/shared/config/raw';
import type { Severity } from '@headgate/shared/log/logger';
import type { AcceptAddress, ConnectAddress, Snapshot, SocketOptions, Timeouts } from '../model/snapshot.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export interface GlobalDraft {
  pidFile: string | undefined;
  hardStopAfter: number;
  user: string | number | undefined;
  group: string | number | undefined;
  level: Severity;
  facility: number;
  output: string | undefined;
  mode: 'append' | 'overwrite';
  /** `foreground` as written. */
  foreground: 'yes' | 'quiet' | 'no' | undefined;
  syslog: boolean;
  tag: string;
  metrics: Snapshot['metrics'];
}

/** A file a service needs, and the option that named it. */
export interface FileOption {
  readonly option: string;
  readonly path: string;
  readonly at: Position;
}

export interface ServiceDraft {
  /** `client = yes`, which is refused: what only a server needs is not asked for then. */
  client: boolean;
  accepts: AcceptAddress[];
  connects: ConnectAddress[];
  failover: 'prio' | 'rr';
  localAddress: string | undefined;
  cert: FileOption | undefined;
  key: FileOption | undefined;
  keyPassFile: FileOption | undefined;
  proxyProtocol: 0 | 1 | 2;
  minVersion: SecureVersion;
  maxVersion: SecureVersion;
  ciphers: string;
  ciphersuites: string;
  curves: string;
  securityLevel: number | undefined;
  secureOptions: number;
  renegotiation: boolean;
  sessionResume: boolean;
  sessionTimeoutSeconds: number;
  ticketKeySecret: { readonly bytes: Buffer; readonly at: Position } | undefined;
  ticketMacSecret: { readonly bytes: Buffer; readonly at: Position } | undefined;
  timeouts: Mutable<Timeouts>;
  reset: boolean;
  maxConnections: number;
  logLevel: Severity | undefined;
  sockets: Mutable<SocketOptions>;
}

/** A section with everything its statements said. */
export interface NamedDraft {
  readonly name: Word;
  readonly draft: ServiceDraft;
  /** The options it gave, rightly or wrongly, in lower case. */
  readonly said: ReadonlySet<string>;
}

export function newGlobalDraft(): GlobalDraft {
  return {
    pidFile: undefined,
    hardStopAfter: 30_000,
    user: undefined,
    group: undefined,
    level: 'notice',
    facility: 3,
    output: undefined,
    mode: 'append',
    foreground: undefined,
    syslog: false,
    tag: 'tls-terminator',
    metrics: undefined,
  };
}

/** stunnel's defaults, except for TLS itself: that is Mozilla's "intermediate" (guideline 6.0, 2026-04). */
export function newServiceDraft(): ServiceDraft {
  return {
    client: false,
    accepts: [],
    connects: [],
    failover: 'prio',
    localAddress: undefined,
    cert: undefined,
    key: undefined,
    keyPassFile: undefined,
    proxyProtocol: 0,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers:
      'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:' +
      'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305',
    ciphersuites: 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256',
    curves: 'X25519MLKEM768:X25519:prime256v1:secp384r1',
    securityLevel: undefined,
    secureOptions: 0,
    renegotiation: false,
    sessionResume: true,
    sessionTimeoutSeconds: 300,
    ticketKeySecret: undefined,
    ticketMacSecret: undefined,
    timeouts: { busy: 300_000, connect: 10_000, idle: 43_200_000, close: 60_000 },
    reset: true,
    maxConnections: 0,
    logLevel: undefined,
    sockets: { clientNoDelay: true, clientKeepAlive: false, serverNoDelay: true, serverKeepAlive: false },
  };
}

/** Options before the first section are copied into every section. */
export function copyServiceDraft(draft: ServiceDraft): ServiceDraft {
  return {
    ...draft,
    accepts: [...draft.accepts],
    connects: [...draft.connects],
    timeouts: { ...draft.timeouts },
    sockets: { ...draft.sockets },
  };
}
