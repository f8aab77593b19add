/**
 * The compiled configuration of the router: immutable, made by compile.ts, read by everything that runs.
 * Times are milliseconds, 0 means none; sizes are bytes. All in one file because it is the contract between compile and run.
 */
import type { Captures } from './captures.ts';
import type { Compression, CompressionLimits } from './compression.ts';
import type { Control } from './control.ts';
import type { CheckScript } from './check.ts';
import type { Position, Statement } from '@headgate/shared/config/raw';
import type { ConnectionPlan } from './connection-plan.ts';
import type { Certificates, ProcessVariable } from './process-wide.ts';
import type { Bind } from './bind.ts';
import type { ProcessSettings } from '@headgate/shared/process/product';
import type { Severity } from '@headgate/shared/log/logger';
import type { Condition } from './condition.ts';
import type { Evaluation } from './evaluation.ts';
import type { Read } from './values.ts';
import type { ForwardFor } from './forward-for.ts';
import type { Page } from './answer.ts';
import type { RequestOutcome } from './outcome.ts';
import type { LiveList, PatternList } from './pattern-list.ts';
import type { Persistence } from './persistence.ts';
import type { Resolvers } from './names.ts';
import type { KeepAlive, Server } from './server.ts';
import type { Timeouts } from './timeouts.ts';
import type { WebSocketLimits } from './web-socket.ts';
import type { TableSpec } from '../tables/stick-table.ts';
import type { TerminatorPlace } from './terminator-place.ts';

export type { Condition } from './condition.ts';
export type { ForwardFor } from './forward-for.ts';
export type { Timeouts } from './timeouts.ts';
export type { CheckConfig, Server } from './server.ts';
export type { RequestOutcome } from './outcome.ts';
export type { Bind, BindAddress, BindTls } from './bind.ts';

export interface Snapshot {
  readonly process: ProcessSettings;
  readonly global: GlobalConfig;
  readonly control: Control;
  readonly frontends: readonly Frontend[];
  /** By name, in file order. `listen` sections appear in both. */
  readonly backends: ReadonlyMap<string, Backend>;
  /** The `resolvers` sections that servers and rules name, by name. */
  readonly resolvers: ReadonlyMap<string, Resolvers>;
  readonly tables: readonly TableSpec[];
  /** Lists of patterns that the control socket shows and changes; undefined without one. */
  readonly lists?: readonly PatternList[] | undefined;
  /** The lists that rules edit, by their file. */
  readonly edited?: ReadonlyMap<string, LiveList> | undefined;
  /** For the terminator; undefined where none is in front, or nothing is said. */
  readonly certificates?: Certificates | undefined;
}

export interface GlobalConfig {
  /** Client connections, process-wide; 0 means derived from the file descriptor limit. */
  readonly maxconn: number;
  /** The most new connections and sessions per second, process-wide (`maxconnrate`, `maxsessrate`); 0: no limit. */
  readonly rates: { readonly connections: number; readonly sessions: number };
  /** `node`: the name of this router in its statistics; absent: that of the machine. */
  readonly node?: string;
  /** How the process's descriptors are allocated. */
  readonly connections: ConnectionPlan;
  readonly nbproc: number;
  /** Largest request or response head (HAProxy: tune.bufsize - tune.maxrewrite, 15360). */
  readonly maxHeadBytes: number;
  /** Largest head that rules may make (HAProxy: tune.bufsize, 16384). */
  readonly maxEditedBytes: number;
  /** Maximum number of header lines in a head (HAProxy: tune.http.maxhdr - 1, 100). */
  readonly maxHeaders: number;
  /** How long tunnels last whose server or frontend a reload took away. */
  readonly drainTimeout: number;
  readonly compression: CompressionLimits;
  /** Jitter of check intervals in percent, 0..50 (`spread-checks`), and the most milliseconds between first checks, 0: no limit. */
  readonly spreadChecks: number;
  readonly maxSpreadChecks: number;
  /** `set-var`: variables of scope proc that are set when the configuration begins. */
  readonly variables: readonly ProcessVariable[];
  /** Something may read what frontends, backends and servers have now: workers tell each other. */
  readonly readsLoad: boolean;
  /** The control socket of the terminator (`terminator`), whose certificates the statistics show; absent: none is known. */
  readonly terminator?: TerminatorPlace | undefined;
  /** Lines about the TLS of binds (`ssl-default-bind-ciphers`, `crt-base`), for the terminator; empty without one. */
  readonly tls: readonly Statement[];
}

/** `option http-keep-alive | http-server-close | httpclose`; the last one in a proxy wins. */
export type ConnectionMode = 'keep-alive' | 'server-close' | 'close';

/** A rule that changes something or ends the evaluation: `redirect`, `http-request`, `http-response`, `http-after-response`, `tcp-request`, `tcp-response`. */
export interface RequestRule {
  readonly at: Position;
  /** The line as it was written, for `explain`. */
  readonly text: string;
  readonly when: Condition | undefined;
  readonly act: (on: Evaluation) => RequestOutcome;
  /** What the action itself depends on. */
  readonly reads: readonly Read[];
  /** `expect-proxy`: connections that it is for begin with a PROXY header. */
  readonly demandsProxy?: true;
}

/** Determines which rules of a list need not be evaluated. */
export interface RuleIndex {
  /**
   * One bit per rule, set when its condition may hold; undefined: evaluate every rule. Valid until the next call, and as long as no
   * rule has modified what others read.
   */
  candidates(on: Evaluation): Uint32Array | undefined;
}

/** Rules in file order, with an index over their conditions where it is worthwhile. */
export type Rules<Rule> = readonly Rule[] & { readonly index?: RuleIndex | undefined };

export interface UseBackend {
  readonly at: Position;
  readonly text: string;
  readonly when: Condition | undefined;
  readonly backend: string;
  /** `%[…]`: the name is made of the request; one that no backend has is the default backend, as in HAProxy. */
  readonly made?: ((on: Evaluation) => string) | undefined;
  readonly reads?: readonly Read[];
}

export type NamedLogFormat = 'default' | 'httplog' | 'httpslog' | 'httplog-clf' | 'tcplog' | 'json';
export type LogFormat = NamedLogFormat | OwnLogFormat;

/** `log-format "%ci %r"`. */
export interface OwnLogFormat {
  readonly text: string;
  readonly reads: readonly Read[];
  readonly render: (on: Evaluation) => string;
}

/** `log ADDRESS [len N] [format F] FACILITY [LEVEL [MINLEVEL]]`. */
export interface LogTarget {
  readonly at: Position;
  readonly transport:
    | { readonly kind: 'udp'; readonly host: string; readonly port: number }
    | { readonly kind: 'unix'; readonly path: string }
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'stdout' }
    | { readonly kind: 'stderr' };
  readonly format: 'local' | 'rfc3164' | 'rfc5424' | 'short' | 'raw';
  readonly facility: number;
  readonly maxSeverity: Severity;
  readonly minSeverity: Severity;
  readonly maxLength: number;
  readonly tag: string;
  /** `sample RANGES:SIZE`: of each `size` lines, those whose numbers (from 1) are in a range; undefined: all of them. */
  readonly sample?:
    | { readonly ranges: readonly (readonly [low: number, high: number])[]; readonly size: number }
    | undefined;
  /** In headers that have one; absent: that of the machine. */
  readonly hostname?: string;
}

/** What a frontend and a backend have in common. */
export interface Proxy {
  /** Of a frontend: a rule on connections, or a `tcp-request content` rule, tracks a key. Requests are counted after these rules. */
  readonly tracks: boolean;
  readonly name: string;
  /** `id`: its number in statistics; both halves of a `listen` have one. */
  readonly number: number;
  readonly description?: string | undefined;
  readonly at: Position;
  readonly timeouts: Timeouts;
  readonly connectionMode: ConnectionMode;
  readonly forwardFor: ForwardFor | undefined;
  readonly compression?: Compression | undefined;
  readonly webSocket?: WebSocketLimits | undefined;
  readonly originalTo: ForwardFor | undefined;
  readonly log: readonly LogTarget[];
  /** Events go to these targets as JSON, as the access log does. */
  readonly jsonEvents?: true;
  /** `tcp-request inspect-delay` in milliseconds: how long `tcp-request content` rules may wait for bytes of the client in mode tcp. */
  readonly inspectDelay: number;
  /** `tcp-request content accept|reject`, read first; accepting ends this list only. */
  readonly contentRules: readonly RequestRule[];
  /** `http-request` rules, in file order; they run before `redirects`. */
  readonly requestRules: Rules<RequestRule>;
  /** Of the `stats` lines: they run after `http-request` rules and before `redirects`. */
  readonly statsRules: readonly RequestRule[];
  readonly redirects: Rules<RequestRule>;
  /** `http-response` rules: on what servers answer. The backend's run before the frontend's. */
  readonly responseRules: readonly RequestRule[];
  /** `http-after-response` rules: on every answer, our own included. */
  readonly afterResponseRules: readonly RequestRule[];
  /** `errorfile`, `errorloc`, `http-error`: pages by status code. */
  readonly errorAnswers: ReadonlyMap<number, Page>;
  /** `option http-buffer-request`: the body of a request is waited for before its rules are read. */
  readonly bufferRequest: boolean;
}

export interface Frontend extends Proxy {
  /** TCP keep-alive probes to clients (`option clitcpka`); undefined: none. */
  readonly keepAlive?: KeepAlive | undefined;
  /** `tcp` for a frontend in mode tcp. */
  readonly engine: 'wire' | 'http-proxy' | 'tcp';
  readonly binds: readonly Bind[];
  /** 0: only the global limit. */
  readonly maxconn: number;
  /** `rate-limit sessions`: the most new sessions per second; 0: no limit. */
  readonly sessionRate: number;
  readonly logFormat: LogFormat;
  /** Its lines have the addresses of connections to servers, which are noted while those are open. */
  readonly logsServerEnds: boolean;
  readonly captures?: Captures | undefined;
  readonly logSeparateErrors: boolean;
  readonly logAsap: boolean;
  /** `log-format-sd`: structured data of rfc5424 lines. */
  readonly logStructured: OwnLogFormat | undefined;
  /** `error-log-format`: lines of connections without a request. */
  readonly errorLogFormat: OwnLogFormat | undefined;
  /** `unique-id-format`, `unique-id-header`. */
  readonly uniqueId: ((on: Evaluation) => string) | undefined;
  readonly uniqueIdHeader: string | undefined;
  readonly dontLogNull: boolean;
  /** `option http-ignore-probes`: a connection that sent nothing ends without an answer, and is not logged. */
  readonly ignoreProbes: boolean;
  readonly dontLogNormal: boolean;
  readonly socketStats: boolean;
  /** `tcp-request connection` rules: read when a connection is accepted, before a PROXY header. */
  readonly connectionRules: readonly RequestRule[];
  /** `tcp-request session` rules: read once the client is known, before its first request. */
  readonly sessionRules: readonly RequestRule[];
  readonly useBackends: Rules<UseBackend>;
  readonly defaultBackend: string | undefined;
  /** What the rules of this frontend read to decide a request; when `pure`, equal reads give equal decisions. */
  readonly reads: readonly Read[];
  /** No rule depends on the clock, randomness, state or variables: a decision may be cached for the same request. */
  readonly pure: boolean;
  /** `monitor-uri`: answered with 200 by the router, never logged. */
  readonly monitorUri: string | undefined;
  /** `monitor fail`: with one of these it is answered with 503. */
  readonly monitorFail?: readonly Condition[];
}

export interface BalanceSpec {
  readonly name:
    | 'roundrobin'
    | 'static-rr'
    | 'source'
    | 'leastconn'
    | 'first'
    | 'uri'
    | 'hdr'
    | 'url_param'
    | 'random'
    | 'hash';
  /** Arguments of the algorithm as written: the header of hdr(x), the parameter of url_param. */
  readonly args: readonly string[];
  readonly hash: 'map-based' | 'consistent';
  /** What texts are hashed with; default sdbm. */
  readonly hashFunction?: 'sdbm' | 'djb2' | 'wt6' | 'crc32' | undefined;
  /** The hash is mixed once more; default: with `consistent` and no function named. */
  readonly avalanche?: boolean | undefined;
  /** `hash-balance-factor`: the most a server may have of its share, in percent, with `consistent`; 0: no limit. */
  readonly factor?: number | undefined;
  /** What `balance hash` hashes; undefined where it has no value. */
  readonly expression?: ((on: Evaluation) => string | undefined) | undefined;
}

export type RetryOn =
  | 'conn-failure'
  | 'empty-response'
  | 'junk-response'
  | 'response-timeout'
  | '0rtt-rejected'
  | '401'
  | '403'
  | '404'
  | '408'
  | '425'
  | '500'
  | '501'
  | '502'
  | '503'
  | '504';

export interface Backend extends Proxy {
  /** It has no servers, and no place in statistics. */
  readonly disabled: boolean;
  readonly mode: 'tcp' | 'http';
  /** `tcp-response inspect-delay`: the same for bytes of servers. */
  readonly answerDelay: number;
  /** `tcp-response content` rules: on what servers answer, read before `http-response`. */
  readonly responseContentRules: readonly RequestRule[];
  readonly balance: BalanceSpec;
  readonly servers: readonly Server[];
  /** Re-tries after the first attempt (HAProxy's default: 3). */
  readonly retries: number;
  /** 0 off; N: every Nth retry goes elsewhere; -N: the Nth from the last does, -1 the last. */
  readonly redispatch: number;
  readonly retryOn: ReadonlySet<RetryOn>;
  /** What its servers are checked by. */
  readonly checkScript: CheckScript;
  /** `http-check disable-on-404`. */
  readonly disableOn404: boolean;
  /** It is that of a `listen` section, which HAProxy calls a proxy. */
  readonly listens?: true;
  readonly allBackups: boolean;
  readonly transparent: boolean; // `option transparent`: requests go where their client connected to
  readonly abortOnClose: boolean;
  readonly logHealthChecks: boolean;
  /** HAProxy's fullconn; 0 when not set. */
  readonly fullconn: number;
  /** What binds clients to servers; undefined where nothing does. */
  readonly persistence: Persistence | undefined;
  /** `http-send-name-header`: the header that tells a server its name; undefined: none. */
  readonly nameHeader: string | undefined;
  readonly balancesPosts?: boolean; // `balance url_param`: the body of a POST may say whose it is, and is waited for
  /** `option persist`: a client that is bound to a server that is down is sent there all the same. */
  readonly persistDown: boolean;
  readonly pretendKeepAlive: boolean; // a server is not told that its connection carries one request
  readonly preferLastServer: boolean; // a client goes again where it has a connection of its own
  readonly checkCache: boolean; // `option checkcache`: what a cache may keep together with its cookies is blocked
  /** `http-reuse`: may a first request use a pooled server connection? */
  readonly reuse: 'never' | 'safe' | 'aggressive' | 'always';
}
