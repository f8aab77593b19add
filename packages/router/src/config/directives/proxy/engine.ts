import { FRONT } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const engine: ProxyDirective = {
  sections: FRONT,
  doc: 'The data path, a word of ours: `wire` (default, our own HTTP/1.1) or `http-proxy` (node:http and the http-proxy API).',
  example: 'engine wire',
  apply(cursor, draft) {
    const engine = cursor.choice('engine', ['wire', 'http-proxy']);
    if (engine !== undefined) draft.settings.engine = engine;
    cursor.end();
  },
};
