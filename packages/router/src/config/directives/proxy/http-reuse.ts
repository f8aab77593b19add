import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { nearest } from '@headgate/shared/config/suggest';

export const httpReuse: ProxyDirective = {
  sections: BACK,
  doc: 'Whether the first request of a client connection may use a pooled server connection: `never`, `safe` (default: later requests only), `aggressive`, `always`.',
  example: 'http-reuse always',
  apply(cursor, draft, { problems }) {
    const word = cursor.need("'never', 'safe', 'aggressive' or 'always'");
    if (word?.text === 'never' || word?.text === 'safe' || word?.text === 'aggressive' || word?.text === 'always') draft.settings.reuse = word.text;
    else if (word !== undefined) problems.error(word.at, `unknown reuse '${word.text}'`, nearest(word.text, ['never', 'safe', 'aggressive', 'always']));
    cursor.end();
  },
};
