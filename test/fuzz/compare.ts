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
    reason: 'CONNECT is relayed to a server as any request: Node has no listener for it here',
    applies: ({ method }) => method === 'CONNECT',
  },
  {
    reason: 'behind an upgrade that is not taken comes the next request (RFC 9110 §7.8): Node reads no further there',
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

/** What is wrong with reading the bytes our way when Node reads them its way; undefined when nothing is. */
export function disagreement(ours: Readings, node: Readings): string | undefined {
  for (const [at, mine] of ours.requests.entries()) {
    if (EXCEPTIONS.some(({ applies }) => applies(mine, ours.requests[at - 1]))) return undefined;
    const theirs = node.requests[at];
    if (theirs === undefined) return `request ${at} is none for Node${node.refused ? ', which refused it' : ''}`;
    for (const part of ['method', 'target', 'version'] as const) {
      if (mine[part] !== theirs[part])
        return `request ${at}: ${part} ${JSON.stringify(mine[part])}, for Node ${JSON.stringify(theirs[part])}`;
    }
    if (JSON.stringify(mine.headers) !== JSON.stringify(theirs.headers))
      return `request ${at}: headers ${JSON.stringify(mine.headers)}, for Node ${JSON.stringify(theirs.headers)}`;
    if (mine.complete && !theirs.complete) return `request ${at} is complete for us only`;
    if (mine.complete && mine.body !== theirs.body)
      return `request ${at}: body ${JSON.stringify(mine.body)}, for Node ${JSON.stringify(theirs.body)}`;
  }
  return undefined;
}
