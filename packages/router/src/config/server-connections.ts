/** Words of `server` and `source` about how its connections are made. */
import { isIP } from 'node:net';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Problems } from '@headgate/shared/config/problem';
import { nearest } from '@headgate/shared/config/suggest';
import { parseAddress } from './address.ts';
import { hasNoEffect } from './directive.ts';
import type { Context } from './directive.ts';
import { choice, duration, integer, nothing, text } from './idle/takes.ts';
import type { Takes } from './idle/takes.ts';
import { MOST } from './server-words.ts';
import type { ServerParameter } from './server-words.ts';

/** `source ADDRESS [usesrc …|interface …]`: the local address of connections; '' where any will do. */
export function readSource(cursor: Cursor, { problems }: Context): string | undefined {
  const word = cursor.need('an address');
  if (word === undefined) return undefined;
  const address = parseAddress(/^[\da-f:]+$/i.test(word.text) && isIP(word.text) === 6 ? `[${word.text}]` : word.text);
  for (const more of ['usesrc', 'interface'] as const) {
    const { at } = cursor.peek() ?? word;
    if (!cursor.accept(more)) continue;
    cursor.next();
    problems.error(
      at,
      more === 'usesrc'
        ? "not supported: 'usesrc', which sends with the client's address and needs the kernel's transparent proxying; use 'send-proxy' or 'option forwardfor'"
        : "not supported: 'interface' of a source; write an address of that interface",
    );
    return undefined;
  }
  if (address.kind !== 'tcp') problems.error(word.at, `'${word.text}' is not an address to connect from`);
  else if (address.port !== undefined && address.port !== 0)
    problems.error(
      word.at,
      `not supported: the source port of '${word.text}'; the system chooses one, so that many connections fit`,
    );
  else if (['', '0.0.0.0', '::'].includes(address.host)) return '';
  else if (isIP(address.host) === 0) problems.error(word.at, `'${address.host}' is not an IP address of this machine`);
  else return address.host;
  return undefined;
}

/** A word that changes nothing here. */
export function withoutEffect(example: string, why: string, takes: Takes = nothing): ServerParameter {
  const [name] = example.split(' ');
  return {
    doc: `Accepted without effect: ${why}.`,
    example,
    apply(_parameters, cursor, { problems }) {
      hasNoEffect(cursor.at, `server … ${name}`, why, problems);
      takes(cursor, problems);
    },
  };
}

function onlyHttp1(name: string, cursor: Cursor, problems: Problems): void {
  const word = cursor.need('a protocol');
  if (
    word === undefined ||
    word.text === 'h1' ||
    (name === 'ws' && word.text === 'auto') ||
    (name === 'check-proto' && word.text === 'none')
  )
    return;
  if (['h2', 'fcgi'].includes(word.text))
    problems.error(word.at, `not supported: 'server … ${name} ${word.text}'; servers are spoken to in HTTP/1.1`);
  else problems.error(word.at, `unknown protocol '${word.text}'`, nearest(word.text, ['h1', 'h2', 'fcgi']));
}

/** Words about how its connections are made, and those about connections that change nothing here. */
export const CONNECTION_WORDS: Readonly<Record<string, ServerParameter>> = {
  source: {
    doc: 'The local address that it is connected to from: `source ADDRESS`.',
    example: 'source 127.0.0.1',
    apply(parameters, cursor, context) {
      const source = readSource(cursor, context);
      if (source !== undefined) parameters.source = source;
    },
  },
  redir: {
    doc: 'Answers GET and HEAD requests for this server with a redirect to PREFIX and their path; others go to the server.',
    example: 'redir http://images.example.org',
    apply(parameters, cursor, { problems }) {
      const word = cursor.need('the beginning of a URL');
      if (word === undefined) return;
      if (/^[!-~]*$/.test(word.text)) parameters.redirect = word.text;
      else problems.error(word.at, `'${word.text}' is not the beginning of a URL`);
    },
  },
  'max-reuse': {
    doc: 'How often a connection may be used again; 0 uses each once, -1 is no limit. Default -1.',
    example: 'max-reuse 100',
    apply(parameters, cursor) {
      if (cursor.accept('-1')) parameters.maxReuse = -1;
      else parameters.maxReuse = cursor.integer('a number of requests', 0, MOST) ?? -1;
    },
  },
  'check-proto': {
    doc: 'The protocol of its checks: `h1` or `none`, which is the same here.',
    example: 'check check-proto h1',
    apply: (_parameters, cursor, { problems }) => onlyHttp1('check-proto', cursor, problems),
  },
  'hash-key': {
    doc: 'What its places in `hash-type consistent` are made of: its number (`id`, the default), its address (`addr`) or that with its port (`addr-port`), so that routers with servers in another order agree. HAProxy has it since 2.9.',
    example: 'hash-key addr-port',
    apply(parameters, cursor) {
      const key = cursor.choice('key', ['id', 'addr', 'addr-port']);
      if (key !== undefined) parameters.hashKey = key;
    },
  },
  proto: {
    doc: 'The protocol spoken to it: `h1`, the only one.',
    example: 'proto h1',
    apply: (_parameters, cursor, { problems }) => onlyHttp1('proto', cursor, problems),
  },
  ws: {
    doc: 'How WebSockets are carried to it: `h1` or `auto`, which is the same here.',
    example: 'ws auto',
    apply: (_parameters, cursor, { problems }) => onlyHttp1('ws', cursor, problems),
  },
  tfo: withoutEffect('tfo', 'Node.js opens connections without TCP Fast Open'),
  guid: withoutEffect('guid web-1', 'servers are known by their names and numbers', text('an id')),
  'no-tfo': withoutEffect('no-tfo', 'Node.js opens connections without TCP Fast Open'),
  'tcp-ut': withoutEffect('tcp-ut 30s', "unacknowledged data is limited by 'timeout server'", duration),
  'pool-low-conn': withoutEffect('pool-low-conn 4', 'idle connections are shared by one thread', integer()),
  'log-proto': withoutEffect(
    'log-proto legacy',
    "it belongs in HAProxy's 'ring' sections",
    choice('legacy', 'octet-count'),
  ),
};
