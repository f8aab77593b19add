/** Retries and redispatching after a failed attempt. */
import { nearest } from '@headgate/shared/config/suggest';
import type { RetryOn } from '../../model/snapshot.ts';
import { proxyValue } from '../directive.ts';
import type { ProxyDirective } from '../directive.ts';
import { BACK } from '../sections.ts';

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

/** HAProxy keeps retrying the server that refused; the YAML form redispatches by default, so that clients see no failure another server can prevent. */
export const DEFAULT_REDISPATCH = { haproxy: 0, yaml: -1 } as const;

export const retrying = {
  retries: proxyValue(
    { sections: BACK, skipped: true, doc: 'Further attempts after a failed one.', example: 'retries 3', default: 3 },
    (cursor) => cursor.integer('a number of attempts', 0, 100),
    (settings, value) => void (settings.retries = value),
  ),
  'retry-on': {
    sections: BACK,
    strict: true,
    doc: 'Which failures another attempt is made for: `conn-failure`, `empty-response`, `junk-response`, `response-timeout`, `0rtt-rejected`, statuses (401 403 404 408 425 500 501 502 503 504), `all-retryable-errors`, `none`.',
    example: 'retry-on conn-failure empty-response 503',
    default: 'conn-failure',
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
        else if (words.length > 1) problems.error(word.at, "'none' cannot be combined with other events");
      }
      draft.settings.retryOn = kinds;
    },
  },
} as const satisfies Record<string, ProxyDirective>;

export const retryOptions = {
  redispatch: {
    sections: BACK,
    doc: 'Lets a retry go to another server: the last one only, with a number every Nth one, with a negative number every Nth counted from the last. `roundrobin`, `static-rr`, `leastconn`, `first` and `random`, for which any server will do, ask another at each retry and without a pause. Default: off in haproxy.cfg, on in YAML.',
    example: 'option redispatch',
    apply(cursor, draft, { problems }) {
      draft.settings.redispatch = -1;
      const word = cursor.next();
      const value = Number(word?.text);
      if (word !== undefined && /^-?\d{1,3}$/.test(word.text)) draft.settings.redispatch = value;
      else if (word !== undefined)
        problems.error(word.at, `'${word.text}' is not a number of retries: 3 for every third, -1 for the last`);
      cursor.end();
    },
    negate(draft) {
      draft.settings.redispatch = 0;
    },
  },
} as const satisfies Record<string, ProxyDirective>;
