/** Versions of TLS, and tickets: what servers and `ssl-default-server-options` say in the same words. */
import type { Cursor } from '@headgate/shared/config/cursor';
import type { TlsVersion } from '@headgate/shared/net/link';
import type { TlsRange } from './tls-draft.ts';

export interface RangeWord {
  readonly doc: string;
  readonly example: string;
  /** What it changes of the range so far; undefined after a problem. */
  readonly read: (cursor: Cursor, before: TlsRange) => TlsRange | undefined;
}

export const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const satisfies readonly TlsVersion[];

/** As they are written. Nothing speaks SSLv3 any more: a range that begins there begins with what there is. */
const NAMES = {
  SSLv3: 'TLSv1',
  'TLSv1.0': 'TLSv1',
  'TLSv1.1': 'TLSv1.1',
  'TLSv1.2': 'TLSv1.2',
  'TLSv1.3': 'TLSv1.3',
} as const;
const SHORT = { tlsv10: 'TLSv1', tlsv11: 'TLSv1.1', tlsv12: 'TLSv1.2', tlsv13: 'TLSv1.3' } as const;

function limit(end: 'min' | 'max', doc: string): RangeWord {
  return {
    doc,
    example: `ssl-${end}-ver TLSv1.${end === 'min' ? 2 : 3}`,
    read(cursor) {
      const name = cursor.choice('version', Object.keys(NAMES) as (keyof typeof NAMES)[]);
      return name === undefined ? undefined : { [end]: NAMES[name] };
    },
  };
}

export const RANGE_WORDS: Readonly<Record<string, RangeWord>> = {
  'ssl-min-ver': limit(
    'min',
    'The lowest version of TLS: `TLSv1.0` to `TLSv1.3`. Default: TLSv1.2. The two below it also need `ciphers DEFAULT@SECLEVEL=0`.',
  ),
  'ssl-max-ver': limit('max', 'The highest version of TLS. Default: TLSv1.3.'),
  ...Object.fromEntries(
    Object.entries(SHORT).flatMap(([word, version]): [string, RangeWord][] => [
      [
        `force-${word}`,
        { doc: `Only ${version}.`, example: `force-${word}`, read: () => ({ min: version, max: version }) },
      ],
      [
        `no-${word}`,
        {
          doc: `Not ${version}; \`ssl-min-ver\` and \`ssl-max-ver\` say it better.`,
          example: `no-${word}`,
          read: (_cursor, { off = [] }) => ({ off: [...off, version] }),
        },
      ],
    ]),
  ),
  'no-sslv3': { doc: 'Not SSL 3.0, which is never spoken.', example: 'no-sslv3', read: () => ({}) },
  'no-tls-tickets': {
    doc: 'Accepts no session tickets of TLS 1.2: sessions are resumed by their id.',
    example: 'no-tls-tickets',
    read: () => ({ tickets: false }),
  },
};
