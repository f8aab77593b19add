/** `compression`: what responses are compressed with, and which. */
import type { Cursor } from '@headgate/shared/config/cursor';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { ALGORITHMS, type Compression } from '../../model/compression.ts';
import { FASTCGI } from '../../model/refusals.ts';
import { NO_CACHE } from '../../model/without-effect.ts';
import type { GlobalDirective, ProxyDirective } from '../directive.ts';
import { globalValue, hasNoEffect } from '../directive.ts';
import type { Context } from '../directive.ts';
import { isCache } from '../../sample/arguments.ts';
import { EVERYWHERE } from '../sections.ts';

const NONE: Compression = { algorithms: [], types: [], offload: false };
/** Filters that change neither traffic nor decisions. */
const FILTERS_WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  cache: NO_CACHE,
  trace: 'it writes what HAProxy does to its trace; see the process log',
};
/** What to do instead of each. */
const FILTERS_REFUSED: Readonly<Record<string, string>> = {
  spoe: 'there are no SPOE agents: let the servers ask, or use hooks of the TypeScript API',
  'fcgi-app': FASTCGI,
  'bwlim-in': 'nothing limits the bytes of a connection; limit requests with a stick table',
  'bwlim-out': 'nothing limits the bytes of a connection; limit requests with a stick table',
  opentracing: 'unique-id-header passes an id that traces can use',
};
const WORDS = ['algo', 'type', 'offload'];

export const compression = {
  compression: {
    sections: EVERYWHERE,
    doc: 'Compresses responses of servers for clients that ask for it ([compression](compression.md)). `compression algo A…`: `gzip`, `deflate`, `raw-deflate`, `identity`; ours: `br` and `zstd`. `compression type T…`: only these media types. `compression offload`: does not ask servers to compress. Lines add to each other; those of the backend hold before those of the frontend. Default: no compression.',
    example: 'compression algo gzip br\ncompression type text/ application/json application/javascript',
    default: 'no compression',
    apply(cursor, draft, context) {
      const { settings } = draft;
      const before = settings.compression ?? NONE;
      const word = cursor.need(WORDS.join(', '));
      if (word === undefined) return;
      if (word.text === 'algo') settings.compression = withAlgorithms(before, cursor, context);
      else if (word.text === 'type')
        settings.compression = {
          ...before,
          types: [...before.types, ...some(cursor, 'a media type').map((one) => one.text.toLowerCase())],
        };
      else if (word.text === 'offload') {
        if (draft.kind === 'defaults')
          context.problems.warning(word.at, "'compression offload' has no effect in 'defaults'");
        else settings.compression = { ...before, offload: true };
        cursor.rest();
      } else
        context.problems.error(
          word.at,
          `'compression' needs ${WORDS.join(', ')}, not '${word.text}'`,
          nearest(word.text, WORDS),
        );
    },
  },
  filter: {
    sections: EVERYWHERE,
    doc: '`filter compression` is accepted: compression needs no such line. There are no other filters.',
    example: 'filter compression',
    apply(cursor, { scope }, { problems }) {
      const word = cursor.need("'compression'");
      if (word === undefined || word.text === 'compression') return cursor.end();
      const idle = Object.hasOwn(FILTERS_WITHOUT_EFFECT, word.text) ? FILTERS_WITHOUT_EFFECT[word.text] : undefined;
      if (idle !== undefined) {
        hasNoEffect(word.at, `filter ${word.text}`, idle, problems);
        const cache = word.text === 'cache' ? cursor.need('the name of a cache section') : undefined;
        if (cache !== undefined) isCache(cache, scope.expressions.names, problems);
      } else
        problems.error(
          word.at,
          `not supported: filter '${word.text}' (${FILTERS_REFUSED[word.text] ?? "there is 'filter compression' alone"})`,
          nearest(word.text, ['compression', ...Object.keys(FILTERS_WITHOUT_EFFECT)]),
        );
      cursor.rest();
    },
  },
} as const satisfies Record<string, ProxyDirective>;

/** The words that are left, of which there is at least one. */
function some(cursor: Cursor, what: string): readonly Word[] {
  const first = cursor.need(what);
  return first === undefined ? [] : [first, ...cursor.rest()];
}

function withAlgorithms(before: Compression, cursor: Cursor, { problems }: Context): Compression {
  let algorithms = before.algorithms;
  for (const word of some(cursor, `an algorithm: ${ALGORITHMS.join(', ')}`)) {
    const known = ALGORITHMS.find((one) => one === word.text);
    if (known === undefined)
      problems.error(
        word.at,
        `unknown algorithm '${word.text}': one of ${ALGORITHMS.join(', ')}`,
        nearest(word.text, ALGORITHMS),
      );
    else algorithms = [known, ...algorithms.filter((one) => one !== known)];
  }
  return { ...before, algorithms };
}

/** The limits of compression in the process. */
export const compressionLimits = {
  'tune.comp.maxlevel': globalValue(
    {
      doc: 'How much work compression may be, from 1 to 9. Default: `1`, as in HAProxy.',
      example: 'tune.comp.maxlevel 3',
      default: 1,
    },
    (cursor) => cursor.integer('a level', 1, 9),
    (draft, value) => void (draft.compressionLevel = value),
  ),
  maxzlibmem: globalValue(
    {
      doc: 'Memory that compressors may hold, in MB; a response for which there is none left is not compressed. A compressor holds some 0.3 MB (gzip, deflate), 1 MB (zstd) or 2 MB (br).',
      example: 'maxzlibmem 256',
      default: 128,
    },
    (cursor) => cursor.integer('a number of megabytes', 1, 65_536),
    (draft, value) => void (draft.compressionMemory = value),
  ),
  maxcomprate: globalValue(
    {
      doc: 'Kilobytes of responses per second that are compressed; beyond that, further responses of the second are not. Default: no limit (0).',
      example: 'maxcomprate 10000',
      default: 0,
    },
    (cursor) => cursor.integer('a number of kilobytes per second', 0, 2_147_483_647),
    (draft, value) => void (draft.compressionRate = value),
  ),
} as const satisfies Record<string, GlobalDirective>;
