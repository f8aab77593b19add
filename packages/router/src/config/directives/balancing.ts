/** How a server is chosen. */
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { BalanceSpec } from '../../model/snapshot.ts';

import { proxyValue } from '../directive.ts';
import type { ProxyDirective } from '../directive.ts';
import { BACK } from '../sections.ts';

type Read = (cursor: Cursor, problems: Problems) => readonly string[] | undefined;

const none: Read = () => [];

/** How the words after each algorithm are read; its arguments are kept as written. */
const ALGORITHMS: Readonly<Record<BalanceSpec['name'], Read>> = {
  roundrobin: none,
  'static-rr': none,
  leastconn: none,
  first: none,
  source: none,
  uri: (cursor) => readUri(cursor),
  url_param: (cursor, problems) => {
    const name = cursor.need('the name of a parameter');
    const body = cursor.peek();
    if (body?.text === 'check_post') problems.error(body.at, "not supported yet: 'balance url_param … check_post'");
    return name === undefined || body?.text === 'check_post' ? undefined : [name.text];
  },
  hdr: (cursor) => (cursor.accept('use_domain_only') ? ['use_domain_only'] : []),
  random: none,
};
const NOT_YET = ['hash', 'rdp-cookie', 'log-hash', 'sticky'];

/** `balance NAME[(ARGUMENT)] [options]`. */
function readBalance(cursor: Cursor, problems: Problems): Omit<BalanceSpec, 'hash'> | undefined {
  const word = cursor.next();
  if (word === undefined) return { name: 'roundrobin', args: [] };
  const found = /^([a-z_-]+)(?:\((.*)\))?$/.exec(word.text);
  const name = algorithm(found?.[1] ?? '');
  if (name === undefined) return unknown(word, found?.[1] ?? word.text, cursor, problems);
  const argument = readArgument(word, name, found?.[2], problems);
  const options = ALGORITHMS[name](cursor, problems);
  if (argument === undefined || options === undefined) {
    cursor.rest();
    return undefined;
  }
  return { name, args: [...argument, ...options] };
}

function algorithm(text: string): BalanceSpec['name'] | undefined {
  return Object.hasOwn(ALGORITHMS, text) ? (text as BalanceSpec['name']) : undefined;
}

function unknown(word: Word, name: string, cursor: Cursor, problems: Problems): undefined {
  if (NOT_YET.includes(name)) problems.error(word.at, `not supported yet: 'balance ${name}'`);
  else problems.error(word.at, `unknown algorithm '${word.text}'`, nearest(name, Object.keys(ALGORITHMS)));
  cursor.rest();
  return undefined;
}

/** What stands in brackets: `hdr` must have it, `random` may, the others must not. */
function readArgument(
  word: Word,
  name: BalanceSpec['name'],
  argument: string | undefined,
  problems: Problems,
): readonly string[] | undefined {
  if (name === 'hdr' && (argument === undefined || argument === ''))
    problems.error(word.at, "'balance hdr' needs the name of a header in brackets: hdr(host)");
  else if (name === 'random' && argument !== undefined && !/^[1-9]\d{0,4}$/.test(argument))
    problems.error(word.at, "'balance random' takes a number of draws in brackets: random(2)");
  else if (name !== 'hdr' && name !== 'random' && argument !== undefined)
    problems.error(word.at, `'balance ${name}' takes nothing in brackets`);
  else return argument === undefined ? [] : [argument];
  return undefined;
}

function readUri(cursor: Cursor): readonly string[] {
  const args: string[] = [];
  for (;;) {
    if (cursor.accept('whole')) args.push('whole');
    else if (cursor.accept('path-only')) args.push('path-only');
    else if (cursor.accept('len')) args.push('len', String(cursor.integer('a length', 1, 65_535) ?? 1));
    else if (cursor.accept('depth')) args.push('depth', String(cursor.integer('a depth', 1, 65_535) ?? 1));
    else return args;
  }
}

export const balancing = {
  balance: proxyValue(
    {
      sections: BACK,
      doc: 'How a server is chosen: `roundrobin`, `static-rr`, `leastconn`, `first`, `source`, `uri [whole] [len N] [depth N] [path-only]`, `url_param NAME`, `hdr(NAME) [use_domain_only]`, `random[(N)]`.',
      example: 'balance source',
      default: 'roundrobin',
    },
    (cursor, { problems }) => readBalance(cursor, problems),
    (settings, balance) => void (settings.balance = balance),
  ),
  'hash-type': proxyValue(
    {
      sections: BACK,
      doc: 'How a hash becomes a server: `map-based` or `consistent`, which moves few clients when a server comes or goes.',
      example: 'hash-type consistent',
      default: 'map-based',
    },
    (cursor) => {
      const hash = cursor.choice('hash type', ['map-based', 'consistent']);
      if (cursor.peek() !== undefined) cursor.choice('hash function', ['sdbm'], ['djb2', 'wt6', 'crc32', 'none']);
      if (cursor.peek() !== undefined) cursor.choice('hash modifier', [], ['avalanche']);
      return hash;
    },
    (settings, hash) => void (settings.hash = hash),
  ),
} as const satisfies Record<string, ProxyDirective>;
