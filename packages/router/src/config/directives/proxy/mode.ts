import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { notSupported } from '../../../model/vocabulary.ts';

export const mode: ProxyDirective = {
  sections: EVERYWHERE,
  doc: 'What travels: `http`; `tcp` is not supported yet. HAProxy takes a proxy without a mode for tcp, the router for http: in a haproxy.cfg that gives a warning.',
  example: 'mode http',
  apply(cursor, draft, { problems }) {
    draft.settings.modeGiven = true;
    const word = cursor.need("'http'");
    if (word?.text === 'tcp') problems.error(word.at, notSupported('mode tcp'));
    else if (word?.text === 'health')
      problems.error(word.at, "'mode health' was removed from HAProxy; use 'monitor-uri'");
    else if (word !== undefined && word.text !== 'http') problems.error(word.at, `unknown mode '${word.text}'`, 'http');
    cursor.end();
  },
};
