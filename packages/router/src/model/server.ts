import type { Position } from '@headgate/shared/config/raw';
import type { TlsClient } from '@headgate/shared/net/link';
import type { Evaluation } from './evaluation.ts';
import type { NameLookup } from './names.ts';

export interface Server {
  readonly name: string;
  /** Its number in the backend, from 1, or `id`. */
  readonly id: number;
  /**
   * The parts of the address that are those the client connected to: a server written without a port, or as `*`. The port of
   * `address` is then added to the client's.
   */
  readonly relative: { readonly host: boolean; readonly port: boolean } | undefined;
  /** The local address of connections to it; undefined: the system's choice. */
  readonly source: string | undefined;
  /** TCP keep-alive probes on connections to it (`option srvtcpka`); undefined: none. */
  readonly keepAlive?: KeepAlive | undefined;
  /** How its name is looked up; undefined: it has an address, or is `localhost`. */
  readonly names: NameLookup | undefined;
  /** With an address and `resolvers`: how a name that a command gives it is looked up. */
  readonly laterNames?: NameLookup | undefined;
  /** `redir`: GET and HEAD requests are sent there by a redirect, instead of to the server. */
  readonly redirect: string | undefined;
  /** `non-stick`: stick tables do not remember it. */
  readonly nonStick: boolean;
  /** What the `cookie` of the backend holds for this server; undefined: none. */
  readonly cookie: string | undefined;
  readonly at: Position;
  readonly address:
    | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
    | { readonly kind: 'unix'; readonly path: string };
  readonly weight: number;
  /** `slowstart`: how long it takes until a server that came up has its whole weight and maxconn; 0: at once. */
  readonly slowstart: number;
  /** `track`: the server, as `backend/server`, whose checks and maintenance it follows. */
  readonly track: string | undefined;
  /** Its requests end when it goes down (`on-marked-down`), or, as a backup, when another comes up (`on-marked-up`). */
  readonly endsSessions: boolean;
  readonly onMarkedDown: boolean;
  readonly onMarkedUp: boolean;
  /** `observe`: its traffic counts as checks do. */
  readonly observe: Observe | undefined;
  readonly maxconn: number;
  readonly minconn: number;
  readonly maxqueue: number;
  readonly check: CheckConfig | undefined;
  /** Of a server without checks: its `rise` where one is written, which `show servers state` has as its health. */
  readonly rise?: number;
  /** `agent-check`: a program at the server says how it is. */
  readonly agent: AgentConfig | undefined;
  readonly backup: boolean;
  readonly disabled: boolean;
  /** PROXY header sent to the server: 0 none. */
  readonly sendProxy: 0 | 1 | 2;
  /** What version 2 says besides addresses (`proxy-v2-options`); none in version 1. */
  readonly proxyOptions?: readonly ProxyOption[] | undefined;
  /** `ssl`: it is spoken to over TLS; undefined: in the clear. */
  readonly tls: ServerTls | undefined;
  /** While it is spoken to in the clear: how it would be over TLS, were that on (`set server … ssl`). */
  readonly tlsReady?: ServerTls | undefined;
  /** `no-ssl` was written of it: HAProxy's third state of TLS in `show servers state`. */
  readonly tlsRefused?: boolean | undefined;
  /** `hash-key`: what its places in `hash-type consistent` are made of. Default: `id`. */
  readonly hashKey?: 'id' | 'addr' | 'addr-port' | undefined;
  /** Idle connections kept for re-use; -1 is unlimited. */
  readonly poolMaxConn: number;
  /** `max-reuse`: how often a connection may be used again; -1 is unlimited. */
  readonly maxReuse: number;
  /** How long an idle pooled connection is kept. */
  readonly poolPurgeDelay: number;
}

/** `proxy-v2-options`, by HAProxy's names. */
export const PROXY_OPTIONS = [
  'ssl',
  'cert-cn',
  'ssl-cipher',
  'cert-sig',
  'cert-key',
  'authority',
  'crc32c',
  'unique-id',
] as const;
export type ProxyOption = (typeof PROXY_OPTIONS)[number];

/** The system's probes of silent connections. */
export interface KeepAlive {
  /** Seconds of silence before the first; 0: the system's choice. */
  readonly after: number;
}

/** How a server is connected to over TLS. */
export interface ServerTls {
  readonly client: TlsClient;
  /** `sni`: the name a connection asks for, by what is known of its request; undefined, or no value: none. */
  readonly sni: ((on: Evaluation) => string | undefined) | undefined;
  /** `alpn`: the protocols that are offered. */
  readonly alpn: readonly string[];
}

/** How checks speak TLS, where they do. */
export interface CheckTls {
  readonly client: TlsClient;
  /** All of them do, and not only those whose step says `ssl`. */
  readonly always: boolean;
  readonly sni: string;
  readonly alpn: readonly string[];
}

export interface CheckConfig {
  readonly tls: CheckTls | undefined;
  readonly inter: number;
  readonly fastinter: number;
  readonly downinter: number;
  readonly rise: number;
  readonly fall: number;
  readonly port: number | undefined;
  readonly host: string | undefined;
  /** A unix socket instead of host and port. */
  readonly path?: string | undefined;
  readonly sendProxy: boolean;
  /** `disable health`: no checks are made, and the state of the server stays as it is. */
  readonly paused?: boolean;
}

/** How the agent of a server is asked (`agent-port`, `agent-addr`, `agent-inter`, `agent-send`). */
export interface AgentConfig {
  /** Milliseconds between two questions, and the most one may take. */
  readonly inter: number;
  readonly port: number;
  /** Undefined: the server's address. */
  readonly host: string | undefined;
  /** What it is sent; '' sends nothing. */
  readonly send: string;
  /** `disable agent`: it is not asked, and what it said last stays in effect. */
  readonly paused?: boolean;
}

/** The agent of a server, unless operators have silenced it. */
export function askedAgent({ agent }: Pick<Server, 'agent'>): AgentConfig | undefined {
  return agent?.paused === true ? undefined : agent;
}

/** A check without settings of its own, and how a server without checks is tried. HAProxy's defaults. */
export const PLAIN_CHECK: CheckConfig = {
  inter: 2000,
  fastinter: 2000,
  downinter: 2000,
  rise: 2,
  fall: 3,
  port: undefined,
  host: undefined,
  sendProxy: false,
  tls: undefined,
};

/** `observe layer4|layer7` with `error-limit` and `on-error`. */
export interface Observe {
  readonly layer: 4 | 7;
  /** Errors in a row after which something is done. */
  readonly limit: number;
  readonly action: 'fastinter' | 'fail-check' | 'sudden-death' | 'mark-down';
}
