/** How a server is chosen. */
import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Cursor } from '@headgate/shared/config/cursor';
import { algorithms } from '../../backend/balance.ts';
import type { Algorithm } from '../../backend/balance/algorithm.ts';
import type { BalanceSpec } from '../../model/snapshot.ts';

import { castOf } from '../../sample/cast.ts';
import { compileExpression } from '../../sample/expression.ts';
import { proxyValue } from '../directive.ts';
import type { ProxyDraft } from '../draft.ts';
import type { ProxyDirective } from '../directive.ts';
import { BACK } from '../sections.ts';

const NOT_YET = ['log-hash', 'sticky'];
/** HAProxy's default for the name of the cookie. */
const RDP_COOKIE = 'mstshash';

/** `balance NAME[(ARGUMENT)] [options]`. */
function readBalance(cursor: Cursor, problems: Problems): Pick<BalanceSpec, 'name' | 'args'> | undefined {
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
  if (NOT_YET.includes(name))
    problems.error(
      word.at,
      `not supported: 'balance ${name}' (it is for lines of logs, which 'log' sends to their receivers)`,
    );
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

const HASHED: Pick<BalanceSpec, 'name' | 'args'> = { name: 'hash', args: [] };

const FORMS = [
  ...Object.values(algorithms).map(({ syntax }) => `\`${syntax.form}\``),
  '`rdp-cookie[(NAME)]` in mode tcp',
];

/** `hash-type METHOD [FUNCTION [avalanche]]`. */
type HashType = Pick<BalanceSpec, 'hash' | 'hashFunction' | 'avalanche'>;

const FUNCTIONS = ['sdbm', 'djb2', 'wt6', 'crc32'] as const;

function readHashType(cursor: Cursor): HashType | undefined {
  const hash = cursor.choice('hash type', ['map-based', 'consistent']);
  if (hash === undefined || cursor.peek() === undefined) return hash === undefined ? undefined : { hash };
  const hashFunction = cursor.choice('hash function', FUNCTIONS);
  // As in HAProxy naming the function leaves the modifier to be named too.
  const avalanche = cursor.peek() !== undefined && cursor.choice('hash modifier', ['avalanche']) !== undefined;
  return hashFunction === undefined ? undefined : { hash, hashFunction, avalanche };
}

/** `rdp-cookie(NAME)`, whose hash is that of a sample; the word of the sample. */
function rdpCookieIn(word: Word | undefined): Word | undefined {
  const found = /^rdp-cookie(?:\((.*)\))?$/.exec(word?.text ?? '');
  return found === null || word === undefined
    ? undefined
    : { ...word, text: `req.rdp_cookie(${found[1] ?? RDP_COOKIE})` };
}

/** The expression of `balance hash`, its value as bytes. */
function readExpression(word: Word | undefined, draft: ProxyDraft): BalanceSpec['expression'] {
  const compiled =
    word === undefined
      ? undefined
      : compileExpression(word, { ...draft.scope.expressions, phase: draft.scope.requestPhase });
  if (compiled === undefined) return undefined;
  const { reading, type } = compiled;
  const bytes = castOf(type, 'bin');
  return (on) => {
    const value = reading.one(on);
    const made = value === undefined ? undefined : bytes?.(value);
    return typeof made === 'string' ? made : undefined;
  };
}

export const balancing = {
  balance: {
    sections: BACK,
    doc: `How a server is chosen: ${FORMS.join(', ')}.`,
    example: 'balance source',
    default: 'roundrobin',
    apply(cursor, draft, { problems }) {
      const rdp = rdpCookieIn(cursor.peek());
      const balance = rdp === undefined ? readBalance(cursor, problems) : HASHED;
      const word = rdp ?? (balance?.name === 'hash' ? cursor.need('a sample expression such as path') : undefined);
      if (rdp !== undefined) cursor.next();
      const expression = readExpression(word, draft);
      if (balance !== undefined)
        draft.settings.balance = { ...balance, ...(expression !== undefined && { expression }) };
      cursor.end();
    },
  },
  'hash-balance-factor': proxyValue(
    {
      sections: BACK,
      doc: 'With `hash-type consistent`, the most requests a server may serve at a time, in percent of its share of all: above it the next server on the ring is taken. 150 keeps loads within half of each other; 0 is no limit.',
      example: 'hash-balance-factor 150',
      default: 0,
    },
    (cursor, { problems }) => {
      const factor = cursor.integer('a percentage above 100, or 0', 0, 100_000);
      if (factor === undefined || factor === 0 || factor > 100) return factor;
      problems.error(cursor.at, `'hash-balance-factor' is 0 or above 100, not ${factor}`);
      return undefined;
    },
    (settings, factor) => void (settings.hashFactor = factor),
  ),
  'hash-type': proxyValue(
    {
      sections: BACK,
      doc: 'How a hash becomes a server: `map-based`, or `consistent`, which moves few clients when a server comes or goes; then the function, `sdbm` (default), `djb2`, `wt6` or `crc32`, and `avalanche`, which mixes its result once more and is the default of `consistent` alone.',
      example: 'hash-type consistent djb2 avalanche',
      default: 'map-based',
    },
    readHashType,
    (settings, hash) => void (settings.hash = hash),
  ),
} as const satisfies Record<string, ProxyDirective>;
