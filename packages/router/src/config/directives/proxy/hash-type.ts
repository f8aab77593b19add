import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { nearest } from '@headgate/shared/config/suggest';

export const hashType: ProxyDirective = {
  sections: BACK,
  doc: 'How a hash becomes a server: `map-based` (default) or `consistent`, which moves few clients when a server comes or goes.',
  example: 'hash-type consistent',
  apply(cursor, draft, { problems }) {
    const word = cursor.need("'map-based' or 'consistent'");
    if (word?.text === 'map-based' || word?.text === 'consistent') draft.settings.hash = word.text;
    else if (word !== undefined) problems.error(word.at, `unknown hash type '${word.text}'`, nearest(word.text, ['map-based', 'consistent']));
    const other = cursor.peek();
    if (other?.text === 'sdbm') cursor.next();
    else if (other !== undefined && ['djb2', 'wt6', 'crc32', 'none'].includes(other.text)) problems.error(other.at, `not supported yet: 'hash-type … ${other.text}'`);
    const mix = cursor.peek();
    if (mix?.text === 'avalanche') problems.error(mix.at, "not supported yet: 'hash-type … avalanche'");
    if (mix !== undefined && mix.text !== 'avalanche' && !['djb2', 'wt6', 'crc32', 'none'].includes(mix.text)) cursor.end();
  },
};
