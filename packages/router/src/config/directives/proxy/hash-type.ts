import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const hashType: ProxyDirective = {
  sections: BACK,
  doc: 'How a hash becomes a server: `map-based` (default) or `consistent`, which moves few clients when a server comes or goes.',
  example: 'hash-type consistent',
  apply(cursor, draft) {
    const hash = cursor.choice('hash type', ['map-based', 'consistent']);
    if (hash !== undefined) draft.settings.hash = hash;
    if (cursor.peek() !== undefined) cursor.choice('hash function', ['sdbm'], ['djb2', 'wt6', 'crc32', 'none']);
    if (cursor.peek() !== undefined) cursor.choice('hash modifier', [], ['avalanche']);
    cursor.end();
  },
};
