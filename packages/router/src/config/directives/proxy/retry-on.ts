import { nearest } from '@headgate/shared/config/suggest';
import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import type { RetryOn } from '../../../model/snapshot.ts';

const KNOWN: readonly RetryOn[] = [
  'conn-failure',
  'empty-response',
  'junk-response',
  'response-timeout',
  '0rtt-rejected',
  '401',
  '403',
  '404',
  '408',
  '425',
  '500',
  '501',
  '502',
  '503',
  '504',
];
const ALL_RETRYABLE: readonly RetryOn[] = [
  'conn-failure',
  'empty-response',
  'junk-response',
  'response-timeout',
  '0rtt-rejected',
  '500',
  '502',
  '503',
  '504',
];

function isRetryOn(text: string): text is RetryOn {
  return KNOWN.some((kind) => kind === text);
}

export const retryOn: ProxyDirective = {
  sections: BACK,
  doc: 'Which failures another attempt is made for: `conn-failure` (default), `empty-response`, `junk-response`, `response-timeout`, `0rtt-rejected`, statuses (401 403 404 408 425 500 501 502 503 504), `all-retryable-errors`, `none`.',
  example: 'retry-on conn-failure empty-response 503',
  apply(cursor, draft, { problems }) {
    const words = cursor.rest();
    if (words.length === 0) problems.error(cursor.at, "'retry-on' needs at least one failure, or 'none'");
    const kinds = new Set<RetryOn>();
    for (const word of words) {
      if (word.text === 'all-retryable-errors') for (const kind of ALL_RETRYABLE) kinds.add(kind);
      else if (isRetryOn(word.text)) kinds.add(word.text);
      else if (word.text !== 'none')
        problems.error(
          word.at,
          `unknown failure '${word.text}'`,
          nearest(word.text, [...KNOWN, 'all-retryable-errors', 'none']),
        );
      else if (words.length > 1) problems.error(word.at, "'none' stands alone");
    }
    draft.settings.retryOn = kinds;
  },
};
