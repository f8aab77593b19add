/** Versions of TLS, and tickets: what servers and `ssl-default-server-options` say in the same words. */
import type { Cursor } from '@headgate/shared/config/cursor';
import { VERSIONS } from '@headgate/shared/tls/versions';
import type { TlsRange } from './tls-draft.ts';

export interface RangeWord {
  readonly doc: string;
  readonly example: string;
  /** What it changes of the range so far; undefined after a problem. */
  readonly read: (cursor: Cursor, before: TlsRange) => TlsRange | undefined;
}

const SHORT = { tlsv10: 'TLSv1.0', tlsv11: 'TLSv1.1', tlsv12: 'TLSv1.2', tlsv13: 'TLSv1.3' } as const;

function limit(end: 'min' | 'max', doc: string): RangeWord {
  return {
    doc,
    example: `ssl-${end}-ver TLSv1.${end === 'min' ? 2 : 3}`,
    read(cursor) {
      const name = cursor.choice('version', VERSIONS);
      return name === undefined ? undefined : { [end]: name };
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
          doc: `Not ${version}. Without effect beside \`ssl-min-ver\` and \`ssl-max-ver\`, as in HAProxy.`,
          example: `no-${word}`,
          read: (_cursor, { without = [] }) => ({ without: [...without, version] }),
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
