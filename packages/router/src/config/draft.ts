/** Collects the statements of a configuration, before resolve.ts turns them into the snapshot. */
import type { Compression } from '../model/compression.ts';
import type { WebSocketLimits } from '../model/web-socket.ts';
import type { Level } from '@headgate/shared/admin/level';
import type { ControlAddress } from '@headgate/shared/admin/ask';
import type { CheckRequest } from '../checks/request.ts';
import type { CheckScript, ConnectStep, ExpectStep, RunStep, SendStep, StepPlace } from '../model/check.ts';
import type { Position, Section, Statement, Word } from '@headgate/shared/config/raw';
import type { MetricsDraft } from './metrics.ts';
import type { SocketOwner } from './socket-owner.ts';
import type { ProxyKind } from './proxy-kind.ts';
import type { ServerDraft, ServerParameters } from './server-draft.ts';
import type { StatsDraft } from './stats-draft.ts';
import type { ProcessVariable } from '../model/process-wide.ts';
import type { GlobalTls } from './tls-draft.ts';
import type { AclScope } from '../acl/scope.ts';
import type { Captures } from '../model/captures.ts';
import type { SlotsSoFar } from '../sample/expression.ts';
import type { PersistRule, SessionLearning, StickRule, StickyCookie, UseServer } from '../model/persistence.ts';
import type { ControlBind } from '../model/control.ts';
import type { Page } from '../model/answer.ts';
import type { TableSpec } from '../tables/stick-table.ts';
import type {
  BalanceSpec,
  Bind,
  Condition,
  ConnectionMode,
  ForwardFor,
  Frontend,
  LogFormat,
  LogTarget,
  OwnLogFormat,
  RequestRule,
  RetryOn,
  Timeouts,
  UseBackend,
} from '../model/snapshot.ts';

/** `stats socket`, while it is read. */
export interface ControlDraft extends SocketOwner {
  level: Level;
}

/** `default-path`: what relative names of files are relative to. */
export interface DefaultPath {
  readonly from: 'current' | 'config' | 'parent' | 'origin';
  /** Of `origin`. */
  readonly folder: string;
}

export interface GlobalDraft {
  defaultPath?: DefaultPath;
  /** `log-send-hostname`: the name in syslog headers; empty for that of the machine. */
  logHostname?: string;
  /** `unix-bind`: for unix sockets that say nothing else. */
  unixBind?: { prefix: string; mode: number | undefined };
  variables?: ProcessVariable[];
  /** Lines about the TLS of binds, where a terminator reads them. */
  tls?: Statement[];
  maxconn?: number;
  connectionRate?: number;
  sessionRate?: number;
  nbproc?: number;
  nbthread?: number;
  workers?: number | 'auto';
  daemon?: boolean;
  pidFile?: string;
  hardStopAfter?: number;
  oldProcesses?: number;
  node?: string;
  description?: string;
  user?: string | number;
  group?: string | number;
  drainTimeout?: number;
  compressionLevel?: number;
  /** Megabytes. */
  compressionMemory?: number;
  /** Kilobytes per second. */
  compressionRate?: number;
  terminator?: ControlAddress;
  /** The first `stats` line of `global`. */
  controlAt?: Position;
  controlBinds?: ControlBind[];
  controlTimeout?: number | undefined;
  controlMaxconn?: number | undefined;
  bufsize?: number;
  maxrewrite?: number;
  /** The first line included. */
  maxHeadLines?: number;
  spreadChecks?: number;
  maxSpreadChecks?: number;
  /** `external-check`: checks may start programs. */
  externalChecks?: boolean;
  serverTls?: GlobalTls;
  logTag?: string;
  log: LogTarget[];
  readonly metrics: MetricsDraft[];
}

/** `cookie` as it was written, and whether servers without a value of their own get one (`dynamic`). */
export interface CookieSetting {
  readonly spec: StickyCookie;
  readonly dynamic: boolean;
  readonly at: Word['at'];
}

/** One `tcp-check` or `http-check` line: a step, or a comment on the steps after it. */
export interface CheckLine {
  readonly step:
    | ConnectStep
    | SendStep
    | RunStep
    | Omit<ExpectStep, keyof StepPlace>
    | { readonly kind: 'request'; readonly request: Partial<CheckRequest> }
    | { readonly kind: 'comment' };
  readonly comment: string | undefined;
}

/** The lines of one section. A section with a line of its own drops those of its `defaults`. */
export interface CheckLines {
  /** The section of these lines: its draft's `at`. */
  readonly section: Position;
  readonly at: Position;
  readonly lines: readonly CheckLine[];
}

/** The `option httpchk` and `http-check` lines. From `defaults` a section with lines of its own inherits only that checks are HTTP. */
export interface HttpCheckLines extends CheckLines {
  /** What `option httpchk` says of the request, here or in the defaults. */
  readonly request: Partial<CheckRequest> | undefined;
}

/** What the checks of a proxy are: the last `option` that says so. */
export type CheckKind =
  | { readonly kind: 'tcp-check' | 'httpchk' }
  | { readonly kind: 'external'; readonly at: Position }
  | { readonly kind: 'protocol'; readonly script: CheckScript };

/** The settings a proxy inherits from the preceding `defaults`. */
export interface Settings {
  /** `option clitcpka`, `srvtcpka` and `tcpka`, and the seconds of `clitcpka-idle` and `srvtcpka-idle`. */
  probes: { client?: boolean; server?: boolean; clientAfter?: number; serverAfter?: number };
  /** What travels, where it was written. */
  mode?: 'http' | 'tcp';
  /** `id` and `description`; `defaults` have none. */
  number?: number;
  description?: string;
  disabled?: boolean;
  inspectDelay?: Partial<Record<'tcp-request' | 'tcp-response', number>>;
  rdpCookie?: string;
  timeouts: { -readonly [Name in keyof Timeouts]?: number };
  connectionMode?: ConnectionMode;
  forwardFor?: ForwardFor;
  compression?: Compression;
  webSocket?: WebSocketLimits;
  originalTo?: ForwardFor;
  /** `option http-restrict-req-hdr-names`. */
  headerNames?: 'preserve' | 'delete' | 'reject';
  logStructured?: OwnLogFormat;
  errorLogFormat?: OwnLogFormat;
  uniqueId?: OwnLogFormat;
  uniqueIdHeader?: string;
  log: LogTarget[];
  logGlobal: boolean;
  logTag?: string;
  logFormat?: LogFormat;
  errorAnswers: Map<number, Page>;
  maxconn?: number;
  /** `rate-limit sessions`. */
  sessionRate?: number;
  backlog?: number;
  engine?: Frontend['engine'];
  defaultBackend?: Word;
  monitorUri?: string;
  balance?: Pick<BalanceSpec, 'name' | 'args' | 'expression'>;
  hash?: Pick<BalanceSpec, 'hash' | 'hashFunction' | 'avalanche'>;
  hashFactor?: number;
  retries?: number;
  redispatch?: number;
  retryOn?: ReadonlySet<RetryOn>;
  checkKind?: CheckKind;
  /** `external-check command` and `external-check path`. */
  external?: { readonly command?: Word; readonly path?: string };
  tcpCheck?: CheckLines;
  httpCheck?: HttpCheckLines;
  disableOn404?: boolean;
  sendState?: boolean;
  fullconn?: number;
  cookie?: CookieSetting;
  dynamicCookieKey?: string;
  /** `source` of the backend: where its servers say nothing. */
  source?: string;
  nameHeader?: string;
  stats?: StatsDraft;
  sessions?: SessionLearning;
  reuse?: 'never' | 'safe' | 'aggressive' | 'always';
  server: ServerParameters;
  /** Options that are on or off, by their field in the snapshot (flags.ts). */
  flags: Map<string, boolean>;
}

export type { StatsDraft } from './stats-draft.ts';

/** A `stick-table` line. */
export interface TableDraft {
  readonly spec: TableSpec;
  readonly at: Position;
}

export interface CaptureDraft extends SlotsSoFar {
  cookie: Captures['cookie'];
}

export interface ProxyDraft {
  readonly kind: ProxyKind;
  readonly name: string;
  readonly at: Position;
  readonly dialect?: Section['dialect'];
  readonly settings: Settings;
  readonly scope: AclScope;
  readonly binds: Bind[];
  /** `ssl-f-use` lines. */
  readonly certificates: Statement[];
  readonly servers: ServerDraft[];
  /** `dispatch`: the last one. */
  dispatch?: ServerDraft;
  /** `default_backend` in a backend: it has no effect, and as in HAProxy it must exist. */
  idleBackend?: Word;
  /** The proxy's stick table: at most one. */
  readonly tables: TableDraft[];
  readonly connectionRules: RequestRule[];
  readonly sessionRules: RequestRule[];
  readonly contentRules: RequestRule[];
  readonly requestRules: RequestRule[];
  readonly redirects: RequestRule[];
  readonly responseContentRules: RequestRule[];
  readonly responseRules: RequestRule[];
  readonly afterResponseRules: RequestRule[];
  readonly persistRules: PersistRule[];
  readonly sticks: StickRule[];
  readonly useServers: { readonly rule: UseServer; readonly name: Word }[];
  /** Slots for captured values; filled in frontends only. */
  readonly captures: CaptureDraft;
  readonly monitorFail: Condition[];
  readonly useBackends: { readonly rule: UseBackend; readonly backend: Word }[];
}

export function emptySettings(): Settings {
  return { probes: {}, timeouts: {}, log: [], logGlobal: false, errorAnswers: new Map(), server: {}, flags: new Map() };
}

/** A copy that can be changed without touching the section it came from. */
export function inherit(settings: Settings): Settings {
  return {
    ...settings,
    probes: { ...settings.probes },
    timeouts: { ...settings.timeouts },
    log: [...settings.log],
    errorAnswers: new Map(settings.errorAnswers),
    server: { ...settings.server },
    flags: new Map(settings.flags),
  };
}
