import { FRONT } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { nearest } from '@headgate/shared/config/suggest';

export const engine: ProxyDirective = {
  sections: FRONT,
  doc: 'The data path, a word of ours: `wire` (default, our own HTTP/1.1) or `http-proxy` (node:http and the http-proxy API).',
  example: 'engine wire',
  apply(cursor, draft, { problems }) {
    const word = cursor.need("'wire' or 'http-proxy'");
    if (word?.text === 'wire' || word?.text === 'http-proxy') draft.settings.engine = word.text;
    else if (word !== undefined) problems.error(word.at, `unknown engine '${word.text}'`, nearest(word.text, ['wire', 'http-proxy']));
    cursor.end();
  },
};
