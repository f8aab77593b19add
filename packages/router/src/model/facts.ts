import type { Endpoint } from '@headgate/shared/net/endpoint';
import type { TlsDescription } from '@headgate/shared/proxy-protocol/tlv';
import type { BindCounters } from './counters.ts';
import type { Edits } from './edits.ts';
import type { Tracking } from '../tables/tracking.ts';

/** The client's TLS connection, as described by a PROXY v2 header. */
export type TlsFacts = TlsDescription;

/** The bind that connections come by. */
export interface Door {
  /** Its place among the binds of its frontend, from 1. */
  readonly id: number;
  /** `name` of its line. */
  readonly name: string;
  /** Connections on it now. */
  readonly connections: number;
}

/** The facts of a client connection, fixed before its first request. */
export interface ConnectionFacts {
  /** The peer of the TCP connection (HAProxy's fc_src). */
  readonly peer: Endpoint;
  /** The address it was opened to. */
  readonly local: Endpoint;
  /** The client: from an accepted PROXY header, else the peer (HAProxy's src). */
  readonly client: Endpoint;
  /** The address the client connected to (HAProxy's dst). */
  readonly destination: Endpoint;
  /** Both as they were before rules on requests gave it others (`http-request set-src`); absent where they are the same. */
  readonly before?: Pick<ConnectionFacts, 'client' | 'destination'> | undefined;
  /** Whether a PROXY header was received (HAProxy's fc_rcvd_proxy), even a LOCAL or UNKNOWN one. */
  readonly proxied: boolean;
  readonly tls: TlsFacts | undefined;
  /** TLS was terminated for this router, and its bind counts as the end of it: logs mark the frontend with `~`. */
  readonly terminated?: true | undefined;
  /** PP2_TYPE_AUTHORITY of a PROXY header, with or without TLS (HAProxy's fc_pp_authority); empty when absent. */
  readonly authority?: string | undefined;
  /** PP2_TYPE_UNIQUE_ID of a PROXY header, a character for each byte. */
  readonly uniqueId?: string | undefined;
  /** The bind it came by; absent in `explain`. */
  readonly door?: Door | undefined;
  /** The backend of all its requests, chosen by rules in mode tcp; absent where each request is decided by itself. */
  readonly backend?: string | undefined;
  /** What is counted of the bind it came by; absent without `option socket-stats`. */
  readonly socket?: BindCounters | undefined;
  /** What the connection is tracked by, where `tcp-request connection` or `session` rules may track it. */
  readonly tracking?: Tracking | undefined;
}

/**
 * One request as rules, balancing and logs see it: with what the rules before them changed, and lazy where an engine can make it so.
 * Header names are passed in lower case.
 */
export interface RequestFacts {
  /** Rules may give a request other addresses (`set-src`). */
  connection: ConnectionFacts;
  readonly method: string;
  /** The request target exactly as received, or as a rule made it. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** The value of every line with this name, in order, outer blanks trimmed; empty when there is none. */
  header(name: string): readonly string[];
  /** Every field in order: names in lower case, and their values. */
  readonly fields: FieldList;
  /** The request line as it came, for logs; absent where no rule can have changed it. */
  readonly received?: { readonly method: string; readonly target: string };
  /** Bytes of the head as it came, for counters; absent where it did not come by a connection. */
  readonly headBytes?: number;
  /** Begins or goes on with changes to the head. Absent where there is none to change. */
  edit?(): Edits;
  /** The beginning of its body that has come. Absent where there is none to look at. */
  body?(): BodyView;
}

/** Where a message's body is read. */
export interface BodySource {
  /** What has come of it. */
  readonly body: BodyView;
}

/** The beginning of a message's body that is held in memory while rules may look at it. */
export interface BodyView {
  /** Its content so far, a character for each byte (latin1). */
  readonly text: string;
  /** The same as a number of bytes. */
  readonly length: number;
  /** How many bytes it has as far as is known: what it announces, or what has come. */
  readonly size: number;
  /** Nothing more has to be waited for by a rule that wants this many bytes; 0: all of it. */
  enough(atLeast: number): boolean;
}

/** The fields of a head in order: `names[n]`, in lower case, has the value `values[n]`. */
export interface FieldList {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** The head of a server's response, or of one generated here. */
export interface ResponseFacts {
  readonly status: number;
  readonly version: '1.0' | '1.1';
  readonly reason: string;
  header(name: string): readonly string[];
  readonly fields: FieldList;
  /** As of a request. */
  edit?(): Edits;
  body?(): BodyView;
}
