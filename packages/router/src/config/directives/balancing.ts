/** How a server is chosen. */
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Cursor } from '@headgate/shared/config/cursor';
import { algorithms } from '../../backend/balance.ts';
import type { Algorithm } from '../../backend/balance/algorithm.ts';
import type { BalanceSpec } from '../../model/snapshot.ts';

import { proxyValue } from '../directive.ts';
import type { ProxyDirective } from '../directive.ts';
import { BACK } from '../sections.ts';

const NOT_YET = ['hash', 'rdp-cookie', 'log-hash', 'sticky'];

/** `balance NAME[(ARGUMENT)] [options]`. */
function readBalance(cursor: Cursor, problems: Problems): Omit<BalanceSpec, 'hash'> | undefined {
  const word = cursor.next();
  if (word === undefined) return { name: 'roundrobin', args: [] };
  const found = /^([a-z_-]+)(?:\((.*)\))?$/.exec(word.text);
  const name = algorithm(found?.[1] ?? '');
  if (name === undefined) return unknown(word, found?.[1] ?? word.text, cursor, problems);
  const argument = readArgument(word, name, found?.[2], problems);
  const { syntax }: Algorithm = algorithms[name];
  const options = syntax.options === undefined ? [] : syntax.options(cursor, problems);
  if (argument === undefined || options === undefined) {
    cursor.rest();
    return undefined;
  }
  return { name, args: [...argument, ...options] };
}

function algorithm(text: string): BalanceSpec['name'] | undefined {
  return Object.hasOwn(algorithms, text) ? (text as BalanceSpec['name']) : undefined;
}

function unknown(word: Word, name: string, cursor: Cursor, problems: Problems): undefined {
  if (NOT_YET.includes(name)) problems.error(word.at, `not supported yet: 'balance ${name}'`);
  else problems.error(word.at, `unknown algorithm '${word.text}'`, nearest(name, Object.keys(algorithms)));
  cursor.rest();
  return undefined;
}

/** The text in parentheses after the name, if the algorithm accepts it. */
function readArgument(
  word: Word,
  name: BalanceSpec['name'],
  argument: string | undefined,
  problems: Problems,
): readonly string[] | undefined {
  const { syntax }: Algorithm = algorithms[name];
  const nothing = argument === undefined ? undefined : `'balance ${name}' takes nothing in brackets`;
  const complaint = syntax.argument === undefined ? nothing : syntax.argument(argument);
  if (complaint === undefined) return argument === undefined ? [] : [argument];
  problems.error(word.at, complaint);
  return undefined;
}

const FORMS = Object.values(algorithms).map(({ syntax }) => `\`${syntax.form}\``);

export const balancing = {
  balance: proxyValue(
    {
      sections: BACK,
      doc: `How a server is chosen: ${FORMS.join(', ')}.`,
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
