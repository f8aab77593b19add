/** HAProxy's types of samples (configuration manual §7.3). `addr` is ipv4 or ipv6; `any` carries its type with it. */
export type SampleType = 'bool' | 'sint' | 'addr' | 'str' | 'bin' | 'meth' | 'any';

/** 64 bits, signed: a number while it is exact, a bigint beyond 2^53. `<` and `==` compare the two exactly. */
export type Sint = number | bigint;

/** A value that carries its type: what variables hold. Texts and binaries have a character for each byte (latin1). */
export interface Typed {
  readonly type: Exclude<SampleType, 'any'>;
  readonly value: string | Sint | boolean;
}

export type Value = string | Sint | boolean | Typed;

/**
 * One input of an expression, on which its value depends: equal inputs give equal values,
 * unless one of them is not pure.
 */
export type Read =
  | 'connection'
  | 'entrance'
  /** What is known when an exchange has ended, for log lines. */
  | 'record'
  | 'method'
  | 'target'
  | 'version'
  | 'headers'
  | `header:${string}`
  | 'body'
  | 'captures'
  /** Whether a `userlist` has the client's user and password. */
  | `userlist:${string}`
  | 'response'
  /** What is held of the body of the response. */
  | 'response-body'
  /** What the client has sent, in mode tcp. */
  | 'payload'
  /** How much the client has sent: of a request, or in mode tcp of its connection. */
  | 'length'
  /** The TLS of the connection to the server. */
  | 'server-tls'
  /** What a health check has received. */
  | 'received'
  | `response-header:${string}`
  | 'clock'
  | 'random'
  | 'variables'
  | 'state';
