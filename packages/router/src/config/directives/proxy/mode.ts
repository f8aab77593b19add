import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const mode: ProxyDirective = {
  sections: EVERYWHERE,
  doc: 'What travels: `http`, which is also the default. `tcp` is not supported yet.',
  example: 'mode http',
  apply(cursor, _draft, { problems }) {
    const word = cursor.need("'http'");
    if (word?.text === 'tcp') problems.error(word.at, "not supported yet: 'mode tcp'");
    else if (word?.text === 'health') problems.error(word.at, "'mode health' is gone from HAProxy; use 'monitor-uri'");
    else if (word !== undefined && word.text !== 'http') problems.error(word.at, `unknown mode '${word.text}'`, 'http');
    cursor.end();
  },
};
