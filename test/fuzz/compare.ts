import type { Reading, Readings } from './readings.ts';

/**
 * Where we accept what Node's parser refuses, each with its reason. Everything else that we accept, Node must accept
 * too, and read as the same requests.
 */
const EXCEPTIONS: readonly {
  readonly reason: string;
  readonly applies: (reading: Reading, before: Reading | undefined) => boolean;
}[] = [
  {
    reason: 'a method is any upper-case token (RFC 9110 §9.1): Node knows a list of them',
    applies: ({ method }) => !METHODS.has(method),
  },
  {
    reason: 'CONNECT is relayed to a server like any request: Node has no listener for it here',
    applies: ({ method }) => method === 'CONNECT',
  },
  {
    reason: 'after an upgrade that is ignored the next request follows (RFC 9110 §7.8): Node stops reading there',
    applies: (_, before) =>
      before !== undefined && before.headers.some((text, at) => at % 2 === 0 && text === 'upgrade'),
  },
];

const METHODS: ReadonlySet<string> = new Set(
  (
    'ACL BIND CHECKOUT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND ' +
    'PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE'
  ).split(' '),
);

/** How our reading of the bytes differs from Node's; undefined when it does not. */
export function disagreement(ours: Readings, node: Readings): string | undefined {
  for (const [at, mine] of ours.requests.entries()) {
    if (EXCEPTIONS.some(({ applies }) => applies(mine, ours.requests[at - 1]))) return undefined;
    const theirs = node.requests[at];
    if (theirs === undefined)
      return `request ${at} is not a request for Node${node.refused ? ', which refused it' : ''}`;
    if (!mine.target.startsWith('/') && mine.target !== '*') {
      const problem = rewritten(mine, theirs);
      if (problem !== undefined) return `request ${at}: ${problem}`;
      continue;
    }
    for (const part of ['method', 'target', 'version'] as const) {
      if (mine[part] !== theirs[part])
        return `request ${at}: ${part} ${JSON.stringify(mine[part])}, for Node ${JSON.stringify(theirs[part])}`;
    }
    if (JSON.stringify(mine.headers) !== JSON.stringify(theirs.headers))
      return `request ${at}: headers ${JSON.stringify(mine.headers)}, for Node ${JSON.stringify(theirs.headers)}`;
    const problem = bodies(mine, theirs);
    if (problem !== undefined) return `request ${at}: ${problem}`;
  }
  return undefined;
}

/** An absolute target is forwarded as a path with an equal Host: nothing else may differ. */
function rewritten(mine: Reading, theirs: Reading): string | undefined {
  const authority = mine.target.replace(/^https?:\/\//i, '').replace(/\/.*$/, '');
  const host = mine.headers[mine.headers.indexOf('host') + 1]?.toLowerCase() ?? '';
  const same = [host, `${host}:80`, `${host}:443`].includes(authority.toLowerCase());
  if (!same) return `Host ${host} for the target ${mine.target}`;
  const rest = (reading: Reading): string =>
    JSON.stringify({
      ...reading,
      target: '',
      headers: reading.headers.filter((_, at, all) => all[at & ~1] !== 'host'),
    });
  const target = [theirs.target, `${theirs.target}/`].includes(mine.target);
  if (target && rest({ ...theirs, complete: mine.complete, body: mine.body }) === rest(mine))
    return bodies(mine, theirs);
  return `${JSON.stringify(mine)}, for Node ${JSON.stringify(theirs)}`;
}

function bodies(mine: Reading, theirs: Reading): string | undefined {
  if (!mine.complete) return undefined;
  if (!theirs.complete) return 'complete for us only';
  return mine.body === theirs.body
    ? undefined
    : `body ${JSON.stringify(mine.body)}, for Node ${JSON.stringify(theirs.body)}`;
}
