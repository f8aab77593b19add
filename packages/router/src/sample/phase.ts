import type { Problems } from '@headgate/shared/config/problem';
import type { Position } from '@headgate/shared/config/raw';
import type { Read } from '../model/values.ts';

/** Groups of reads that become available together. */
export type Need =
  | 'connection'
  | 'request'
  | 'body'
  | 'login'
  | 'response'
  | 'response-body'
  | 'received'
  | 'payload'
  /** How much of a request has come, whatever the mode. */
  | 'length'
  | 'server-tls'
  | 'clock'
  | 'random'
  | 'variables'
  | 'record'
  | 'state';

/** A place where expressions are evaluated: its name in messages, and what can be read there. */
export interface Phase {
  readonly name: string;
  readonly has: ReadonlySet<Need>;
  /** The rest of the message: what is not available yet, or no longer. */
  readonly missing: Readonly<Partial<Record<Need, string>>>;
}

const ALWAYS: readonly Need[] = ['connection', 'clock', 'random', 'variables', 'state'];
const NO_REQUEST = 'a request, which does not exist yet when a connection is accepted';
const NOT_HTTP = 'a request: a proxy in mode tcp does not read what it carries, write mode http';
const NOT_ENDED = 'the finished exchange: use it in log lines only';
const NO_LOGIN =
  'the login of the client, which is checked with the request: keep it there, with set-var(txn.user) http_auth_group(LIST)';
const NO_BODY = 'the body of the request, which is no longer available: keep it with http-request set-var(txn.NAME)';
const NO_RESPONSE_BODY = 'the body of the response, which is only available to http-response rules';
const NO_RESPONSE = 'a response, which does not exist yet when a request is decided';

/** The phases, in order. Later phases still have the request: its head is kept until the log line is written. */
export const phases = {
  process: {
    name: 'set-var of the process',
    has: new Set<Need>(['clock', 'random', 'variables', 'state']),
    missing: {
      connection: 'a client, and there is none',
      request: 'a request, and there is none',
      body: 'a request, and there is none',
      login: 'a request, and there is none',
      response: 'a response, and there is none',
      record: NOT_ENDED,
    },
  },
  connection: {
    name: 'tcp-request connection',
    has: new Set(ALWAYS),
    missing: {
      request: NO_REQUEST,
      body: NO_REQUEST,
      login: NO_REQUEST,
      response: 'a response, which does not exist yet',
      record: NOT_ENDED,
    },
  },
  session: {
    name: 'tcp-request session',
    has: new Set(ALWAYS),
    missing: {
      request: NO_REQUEST,
      body: NO_REQUEST,
      response: 'a response, which does not exist yet',
      record: NOT_ENDED,
    },
  },
  stream: {
    name: 'mode tcp',
    // A request is read off the bytes, where they are one.
    has: new Set<Need>([...ALWAYS, 'payload', 'length', 'request']),
    missing: {
      body: NOT_HTTP,
      login: NOT_HTTP,
      response: NOT_HTTP,
      received: 'bytes of the server, which does not know of the connection yet: use it in tcp-response content',
      record: NOT_ENDED,
    },
  },
  streamResponse: {
    name: 'tcp-response content',
    has: new Set<Need>([...ALWAYS, 'payload', 'length', 'received', 'server-tls']),
    missing: {
      request: NOT_HTTP,
      body: NOT_HTTP,
      login: NOT_HTTP,
      response: NOT_HTTP,
      record: NOT_ENDED,
    },
  },
  request: {
    name: 'http-request',
    has: new Set<Need>([...ALWAYS, 'request', 'length', 'body', 'login']),
    missing: { response: NO_RESPONSE, 'response-body': NO_RESPONSE, record: NOT_ENDED },
  },
  response: {
    name: 'http-response',
    has: new Set<Need>([...ALWAYS, 'request', 'response', 'response-body', 'server-tls']),
    missing: {
      body: NO_BODY,
      login: NO_LOGIN,
      record: NOT_ENDED,
    },
  },
  check: {
    name: 'health check',
    has: new Set<Need>(['response', 'response-body', 'received', 'clock', 'random', 'variables', 'state']),
    missing: {
      connection: 'a client, which a health check does not have',
      request: 'a request of a client, which a health check does not have',
      body: 'a request of a client, which a health check does not have',
      login: NO_LOGIN,
      record: NOT_ENDED,
    },
  },
  log: {
    name: 'log-format',
    has: new Set<Need>([...ALWAYS, 'request', 'response', 'record', 'server-tls']),
    missing: { body: NO_BODY, 'response-body': NO_RESPONSE_BODY, login: NO_LOGIN },
  },
} as const satisfies Record<string, Phase>;

/** Where HAProxy accepts the bytes of a connection although there are none to see. */
const BLIND: ReadonlySet<Phase> = new Set([phases.request, phases.response, phases.log]);

const PURE: ReadonlySet<Need> = new Set(['connection', 'request', 'response']);

export function needOf(read: Read): Need {
  if (read.startsWith('header:')) return 'request';
  if (read.startsWith('response-header:')) return 'response';
  if (read.startsWith('userlist:')) return 'login';
  switch (read) {
    case 'method':
    case 'target':
    case 'version':
    case 'headers':
      return 'request';
    case 'entrance':
    case 'connection':
      return 'connection';
    case 'body':
    case 'response':
    case 'response-body':
    case 'received':
    case 'payload':
    case 'length':
    case 'server-tls':
    case 'clock':
    case 'random':
    case 'variables':
    case 'record':
    case 'state':
      return read;
    case 'captures':
      return 'state';
    default:
      return 'state';
  }
}

/** True when the same message on the same connection always gives the same value: only then may a value be cached. */
export function isPure(reads: Iterable<Read>): boolean {
  for (const read of reads) if (!PURE.has(needOf(read))) return false;
  return true;
}

/** Reports a read that is unavailable in the phase; true when all are available. */
export function checkPhase(
  { text, reads }: { readonly text: string; readonly reads: readonly Read[] },
  phase: Phase,
  at: Position,
  problems: Problems,
): boolean {
  const need = reads.map(needOf).find((one) => !phase.has.has(one));
  if (need === undefined) {
    if (phase === phases.response && isGone(text, reads)) warnOfRequest(text, at, problems);
    return true;
  }
  if (need === 'payload' && BLIND.has(phase)) {
    problems.warning(at, `'${text}' never has a value here, in HAProxy neither: mode http reads requests, not bytes`);
    return true;
  }
  problems.error(at, `'${text}' needs ${phase.missing[need] ?? missingEverywhere(need, phase)}`);
  return false;
}

/** What HAProxy still knows of a request once a response has come. */
const KEPT = /^(?:capture\.|method\b|unique-id\b|METH_)/;

function isGone(text: string, reads: readonly Read[]): boolean {
  return (
    !KEPT.test(text) &&
    reads.some((read) => read === 'target' || read === 'version' || read === 'headers' || read.startsWith('header:'))
  );
}

function warnOfRequest(text: string, at: Position, problems: Problems): void {
  problems.warning(
    at,
    `'${text}' reads the request, which HAProxy no longer has here: there a condition on it never matches, and a value of it is refused; http-request set-var(txn.NAME) keeps it for both`,
  );
}

function missingEverywhere(need: Need, phase: Phase): string {
  if (need === 'received')
    return 'the bytes of a server, which rules see in tcp-response content of mode tcp, and in health checks';
  if (need === 'server-tls')
    return 'a connection to a server, which there is in http-response rules and log lines only';
  if (need === 'length') return 'the bytes of a connection or request, which rules on them can read';
  if (need === 'payload') return 'the bytes of a connection, which rules can read in mode tcp only';
  return `something unavailable in ${phase.name} rules`;
}
