import { BACK, EVERYWHERE, FRONT } from './sections.ts';

/** An option that is on or off; off by default, or with `no`. */
interface Flag {
  /** Its field in the snapshot. */
  readonly field: string;
  readonly doc: string;
}

/** The flags of frontends: to add one, add an entry here and its field in the snapshot. */
export const FRONT_FLAGS = {
  'dontlog-normal': { field: 'dontLogNormal', doc: 'No access line for exchanges that ended well.' },
  'socket-stats': {
    field: 'socketStats',
    doc: 'Counts every `bind` by itself too: it gets a line of its own in the statistics.',
  },
  'log-separate-errors': {
    field: 'logSeparateErrors',
    doc: 'Logs exchanges that did not end well (errors, retries, 5xx) with severity err instead of info.',
  },
  logasap: {
    field: 'logAsap',
    doc: 'Logs an exchange when its response begins, with + before the time and the bytes that are not final.',
  },
  'http-ignore-probes': {
    field: 'ignoreProbes',
    doc: 'Connections that send nothing end without a response and without a log line.',
  },
  dontlognull: { field: 'dontLogNull', doc: 'No access line for connections that sent nothing.' },
} as const satisfies Record<string, Flag>;

/** The flags of backends. */
export const BACK_FLAGS = {
  abortonclose: { field: 'abortOnClose', doc: 'Drops a queued request when its client has disconnected.' },
  allbackups: {
    field: 'allBackups',
    doc: 'When no other server is usable, all backup servers share the load instead of the first alone.',
  },
  persist: {
    field: 'persistDown',
    doc: 'Sends a client to the server its cookie names even while that server is down. Without it, another one is chosen.',
  },
  'http-pretend-keepalive': {
    field: 'pretendKeepAlive',
    doc: 'Where server connections carry one request each (`option http-server-close`, `httpclose`), does not announce that to servers with `Connection: close`: some close before their response has been read.',
  },
  'prefer-last-server': {
    field: 'preferLastServer',
    doc: 'Sends a client again to a server that its connection has a connection of its own to (`http-reuse never`, `send-proxy`, a log-in), where `balance` chooses freely.',
  },
  checkcache: {
    field: 'checkCache',
    doc: 'Answers 502 instead of passing a response that a cache may keep together with its `Set-Cookie`: such a cache would give the cookie of one client to others. A line in the log names the server. (HAProxy 2.6 answers with its page for 200.)',
  },
  transparent: {
    field: 'transparent',
    doc: 'A proxy without `balance` forwards to the address and port that the client connected to, or that `http-request set-dst` and `set-dst-port` gave it, as `dispatch` does to one address. Mind that clients choose it: without a firewall in front they reach the router itself.',
  },
  'log-health-checks': {
    field: 'logHealthChecks',
    doc: 'Logs every change of a health check, not only up and down.',
  },
} as const satisfies Record<string, Flag>;

/** The flags of both. */
export const PROXY_FLAGS = {
  'http-buffer-request': {
    field: 'bufferRequest',
    doc: 'Waits for the body of a request, until it is complete or `tune.bufsize` is full, before rules are read and a server is chosen: `req.body` sees it, and a slow upload costs no server anything. A client that takes longer than `timeout http-request` is answered 408.',
  },
} as const satisfies Record<string, Flag>;

const ALL = [
  [PROXY_FLAGS, EVERYWHERE],
  [FRONT_FLAGS, FRONT],
  [BACK_FLAGS, BACK],
] as const;

export type FlagTable = Readonly<Record<string, Flag>>;
export type FlagField = Field<typeof PROXY_FLAGS> | Field<typeof FRONT_FLAGS> | Field<typeof BACK_FLAGS>;
type Field<Table extends FlagTable> = Table[keyof Table]['field'];

/** Every flag with its name and the sections it may appear in. */
export function eachFlag(): readonly {
  name: string;
  field: string;
  doc: string;
  sections: typeof EVERYWHERE | typeof FRONT | typeof BACK;
}[] {
  return ALL.flatMap(([table, sections]) =>
    Object.entries<Flag>(table).map(([name, { field, doc }]) => ({ name, field, doc, sections })),
  );
}

/** The fields of one table for the snapshot. */
export function resolveFlags<Table extends FlagTable>(
  table: Table,
  given: ReadonlyMap<string, boolean>,
): Readonly<Record<Field<Table>, boolean>> {
  const entries = Object.values(table).map(({ field }) => [field, given.get(field) ?? false]);
  return Object.fromEntries(entries) as Record<Field<Table>, boolean>;
}
