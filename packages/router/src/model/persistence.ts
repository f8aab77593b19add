import type { Position } from '@headgate/shared/config/raw';
import type { Evaluation } from './evaluation.ts';
import type { Condition } from './condition.ts';

/** `cookie NAME …` of a backend: the cookie by which a client comes back to its server. */
export interface StickyCookie {
  readonly name: string;
  /**
   * `insert`: a cookie of the router's own. `rewrite`: the server sets one, its value becomes the server's. `prefix`: the
   * server's own cookie carries the server in front of its value. `passive`: only read.
   */
  readonly mode: 'passive' | 'rewrite' | 'insert' | 'prefix';
  /** The server never sees the cookie, and a client that has it is not sent it again. */
  readonly indirect: boolean;
  /** An answer that sets the cookie and may be cached says `Cache-Control: private`. */
  readonly nocache: boolean;
  /** Only answers to POST set it. */
  readonly postonly: boolean;
  /** A cookie that the server itself sets is passed on as it is. */
  readonly preserve: boolean;
  /** Seconds since the cookie was last seen, and since it was first set, after which it counts no more; 0: no limit. */
  readonly maxIdle: number;
  readonly maxLife: number;
  /** What follows `; path=/`: `; domain=example.org; Secure`. */
  readonly attributes: string;
}

/** `force-persist` or `ignore-persist`: the first whose condition holds counts. */
export interface PersistRule {
  readonly at: Position;
  readonly text: string;
  readonly kind: 'force' | 'ignore';
  readonly when: Condition | undefined;
}

/** `use-server NAME if …`: the first whose condition holds and whose server is up. */
export interface UseServer {
  readonly at: Position;
  readonly text: string;
  readonly when: Condition | undefined;
  readonly server: string;
  /** `%[…]`: the name is made of the request. */
  readonly made?: ((on: Evaluation) => string) | undefined;
}

/** `stick on|match|store-request|store-response`: a key of the request or the response, and the table it is looked up or stored in. */
export interface StickRule {
  readonly at: Position;
  readonly text: string;
  readonly table: string;
  readonly matches: boolean;
  readonly stores: boolean;
  /** The key is in the response. */
  readonly response: boolean;
  readonly when: Condition | undefined;
  /** The key as the table keeps it; undefined where there is none. */
  readonly key: (on: Evaluation, table: TableKeys) => string | undefined;
}

/** What the key of a stick table is made by. */
export interface TableKeys {
  readonly type: 'ip' | 'ipv6' | 'integer' | 'string' | 'binary';
  readonly length: number;
}

/** `sticky socket.io`: the server that opens a session gets its later requests, known by the session id in their query. */
export interface SessionLearning {
  /** Where socket.io is, without the slash at its end. */
  readonly path: string;
  /** Sessions remembered; the least recently used one is forgotten first. */
  readonly size: number;
  /** Milliseconds since its last request after which a session is forgotten. */
  readonly expire: number;
}

/** What binds a request to a server before `balance` is asked. */
export interface Persistence {
  readonly cookie: StickyCookie | undefined;
  readonly rules: readonly PersistRule[];
  readonly useServers: readonly UseServer[];
  readonly sessions: SessionLearning | undefined;
  /** `persist rdp-cookie`: the name of the cookie. */
  readonly rdpCookie?: string | undefined;
  /** `stick` rules on requests, in their order. */
  readonly sticks: readonly StickRule[];
  /** `stick store-response`. */
  readonly storeResponses: readonly StickRule[];
}

/**
 * What a client's cookie said (HAProxy manual §8.5, third letter of the termination state): none, invalid, of a server that is
 * down, valid, expired (`maxidle`), old (`maxlife`), unused.
 */
export type CookieSeen = 'N' | 'I' | 'D' | 'V' | 'E' | 'O' | 'U';

/** What became of the cookie in the answer (fourth letter): none, passed on, deleted, inserted, rewritten, updated. */
export type CookieSet = 'N' | 'P' | 'D' | 'I' | 'R' | 'U';
