import type { Position } from '@headgate/shared/config/raw';
import type { Endpoint } from '@headgate/shared/net/endpoint';
import type { Securing } from '@headgate/shared/net/link';
import type { CapturedValues } from './captures.ts';
import type { Algorithm } from './compression.ts';
import type { ConnectionFacts, RequestFacts, ResponseFacts } from './facts.ts';
import type { AccessRecord, LogLevel } from './record.ts';
import type { RuntimeState } from './state.ts';
import type { Steering } from './steering.ts';
import type { UserList } from './user-list.ts';
import type { Typed } from './values.ts';
import type { Tracking } from '../tables/tracking.ts';

/** Facts of the process and its machine: passed in, so that evaluation is a function of its arguments. */
export interface World {
  /** Microseconds since 1970. */
  now(): number;
  /** A number from 0 up to, but not including, 1. */
  random(): number;
  readonly hostname: string;
  /** The number of the process. */
  readonly pid: number;
  /** Number of worker processes, and which one this is, from 1 (HAProxy: nbproc, proc). */
  readonly processes: number;
  readonly process: number;
  /** Minutes by which local time at that moment (milliseconds since 1970) is ahead of UTC, and the name of its zone. */
  zone(time: number): { readonly offset: number; readonly name: string };
  /** Whether an address is one of this machine; absent where that is not known. */
  isLocal?(address: string): boolean;
  /** The process finishes what is open and accepts nothing new; absent where none runs. */
  stopping?(): boolean;
  /** With workers: hears that a variable of scope `proc` has another value, or none. */
  changed?(name: string, value: Typed | undefined): void;
}

/** Variables of the scopes proc, sess, txn, req, check and res, by full name (`txn.host`). Bounded by the configuration: clients cannot choose names. */
export interface Variables {
  get(name: string): Typed | undefined;
  set(name: string, value: Typed): void;
  unset(name: string): void;
}

/** Who the client is, by the credentials of its request. */
export interface Logins {
  /** The user of this list whose name and password were sent; undefined when there is none. Throws `notYet` while a password is being checked. */
  user(list: UserList): string | undefined;
}

/** The addresses of names, for rules that ask for them (`do-resolve`). */
export interface NameLookups {
  /**
   * The address that a `resolvers` section gives a name; undefined: it has none. Throws `notYet` while it is being looked up.
   */
  address(resolvers: string, name: string, prefer: 4 | 6): string | undefined;
}

/** The first bytes of one side of a connection, as latin1. In mode tcp at most one read buffer (HAProxy: tune.bufsize). */
export interface Payload {
  readonly text: string;
  /** No more is waited for: that side has ended, the buffer is full, or `inspect-delay` is over. */
  readonly complete: boolean;
}

/** How long rules wait for how much of a body. */
export interface BodyWait {
  /** Milliseconds; 0: no limit. */
  readonly time: number;
  /** Bytes that suffice; 0: all of it. */
  readonly atLeast: number;
}

/** A connection to a server. Asked for while it is open, its ends stay known after it. */
export interface ServerEnds {
  readonly peer: Endpoint;
  readonly local: Endpoint;
  /** Its TLS. */
  readonly secure?: Securing | undefined;
}

/** The frontend that received a request. */
export interface Entrance {
  readonly frontend: string;
  /** Its number in statistics. */
  readonly number: number;
  readonly defaultBackend: string | undefined;
  /** `timeout client` in milliseconds. */
  readonly clientTimeout: number;
}

/** A server that could not be connected to. */
export interface ServerRefusal {
  /** It is one that speaks TLS. */
  readonly tls: boolean;
  /** HAProxy's number and words for a handshake that failed, and OpenSSL's; undefined where none began. */
  readonly handshake: HandshakeRefusal | undefined;
}

export interface HandshakeRefusal {
  readonly number: number;
  readonly words: string;
  /** 0: the connection ended without a word. */
  readonly openssl: number;
  readonly reason: string;
}

/**
 * Everything an expression may be evaluated on. Which parts exist depends on the phase: the compiler checks what an expression
 * needs against it, so nothing reads a missing part. New kinds of facts (state of servers, counters of stick tables)
 * become new members here, and rows in the tables of sample/.
 */
export interface Evaluation {
  readonly connection: ConnectionFacts;
  /** Before there is a request: one without a target and without headers. */
  readonly request: RequestFacts;
  readonly world: World;
  readonly response?: ResponseFacts | undefined;
  readonly variables?: Variables | undefined;
  readonly entrance?: Entrance | undefined;
  readonly state?: RuntimeState | undefined;
  readonly logins?: Logins | undefined;
  /** Absent where nothing waits for a name: in `explain`, in log lines. */
  readonly lookups?: NameLookups | undefined;
  /** Stick tables, and what is tracked in them; undefined where the configuration has no table. */
  readonly tracking?: Tracking | undefined;
  /** `unique-id-format`. */
  readonly uniqueId?: string | undefined;
  /** It is the first request of its connection; absent where there is no connection. */
  readonly firstRequest?: boolean | undefined;
  /** The two ends of the connection to the server, once there is one. */
  readonly serverEnds?: ServerEnds | undefined;
  /** The server that was tried last, when it could not be connected to. */
  readonly serverRefusal?: ServerRefusal | undefined;
  /** Which request of the process it is. */
  readonly number?: number | undefined;
  /** What a rule makes of the severity of the log line. */
  logLevel?: LogLevel | undefined;
  /** Where the last rule is that ended the evaluation of a list of rules. */
  lastRule?: Position | undefined;
  /** Absent where the frontend captures nothing. */
  readonly captures?: CapturedValues | undefined;
  /** What the client has sent so far, in mode tcp while rules look at it. */
  readonly payload?: Payload | undefined;
  /** What the server has sent so far: to a health check, and in mode tcp while rules look at it. */
  readonly received?: Payload | undefined;
  /** The `tcp-request content` rules have ended: what comes after them takes the bytes as they are. Absent where nothing waits for bytes. */
  contentJudged?(): void;
  /** Gives the connection other addresses, for what comes after: `set-src`. Absent where it is too late. */
  readdress?(change: Partial<Pick<ConnectionFacts, 'client' | 'destination'>>): void;
  /**
   * Waits for the body of a message: until it is complete, as much of it is here as suffices, or no more fits. Throws `notYet` where it has
   * to wait. A sender that takes longer ends the exchange. Absent where nothing can be waited for.
   */
  awaitBody?(side: 'request' | 'response', wait: BodyWait): void;
  /** The algorithm that the response is compressed by. */
  readonly compressed?: Algorithm | undefined;
  /** What rules decide of the way of the request after them. */
  readonly steering?: Steering | undefined;
  /** The finished exchange, for log lines. */
  readonly record?: AccessRecord | undefined;
}
