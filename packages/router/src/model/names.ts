import type { Position } from '@headgate/shared/config/raw';

/** A `resolvers` section: name servers, and how long what they said holds. Times are milliseconds. */
export interface Resolvers {
  readonly name: string;
  readonly at: Position;
  readonly nameservers: readonly Nameserver[];
  /** Rounds of queries before a resolution is given up (`resolve_retries`). */
  readonly retries: number;
  /** `timeout resolve`: the time from the end of one resolution to the next. */
  readonly resolve: number;
  /** `timeout retry`: how long a query waits for its response. */
  readonly retry: number;
  /** Largest response, in bytes; announced to name servers (EDNS0, RFC 6891). */
  readonly payload: number;
  readonly hold: Readonly<Record<HoldWord, number>>;
}

/** What `hold` is given for. */
export const HOLD_WORDS = ['valid', 'nx', 'refused', 'timeout', 'other', 'obsolete'] as const;
export type HoldWord = (typeof HOLD_WORDS)[number];

export interface Nameserver {
  readonly name: string;
  readonly transport: 'udp' | 'tcp';
  /** An IP address. */
  readonly host: string;
  readonly port: number;
}

/** Where the first address of a name comes from: `init-addr`. */
export type FirstAddress = 'last' | 'libc' | 'none' | { readonly address: string };

/** How the name of a server becomes an address. */
export interface NameLookup {
  /** As it was written: a host, or with `service` the name of an SRV record (`_http._tcp.example.org`). */
  readonly name: string;
  readonly service: boolean;
  /** The section that is asked while the router runs; undefined: the system, once, as the configuration takes effect. */
  readonly resolvers: string | undefined;
  readonly first: readonly FirstAddress[];
  /** `resolve-prefer`. */
  readonly prefer: 4 | 6;
  /** `resolve-net`: networks whose addresses are preferred. */
  readonly networks: readonly string[];
  /** `resolve-opts allow-dup-ip`: servers of one backend may have the same address. */
  readonly duplicates: boolean;
  /** `resolve-opts ignore-weight`: the weight of an SRV record changes nothing. */
  readonly ignoreWeight: boolean;
}

/** The results of the queries to one name server, as `show resolvers` has them. */
export interface NameserverCounters {
  sent: number;
  snd_error: number;
  valid: number;
  /** Responses because of which a server moved. */
  update: number;
  cname: number;
  cname_error: number;
  /** Responses without an answer. */
  any_err: number;
  nx: number;
  timeout: number;
  refused: number;
  other: number;
  invalid: number;
  too_big: number;
  truncated: number;
  /** Responses to no query that is open. */
  outdated: number;
}
