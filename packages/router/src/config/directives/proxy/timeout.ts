import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { nearest } from '@headgate/shared/config/suggest';
import type { Timeouts } from '../../snapshot.ts';

/** Where each is kept, and the kind of proxy that has no use for it. */
export const TIMEOUTS: Readonly<Record<string, { readonly name: keyof Timeouts; readonly not?: 'frontend' | 'backend' }>> = {
  client: { name: 'client', not: 'backend' },
  'client-fin': { name: 'clientFin', not: 'backend' },
  'http-request': { name: 'httpRequest', not: 'backend' },
  'http-keep-alive': { name: 'httpKeepAlive', not: 'backend' },
  connect: { name: 'connect', not: 'frontend' },
  queue: { name: 'queue', not: 'frontend' },
  server: { name: 'server', not: 'frontend' },
  'server-fin': { name: 'serverFin', not: 'frontend' },
  tunnel: { name: 'tunnel', not: 'frontend' },
  check: { name: 'check', not: 'frontend' },
};

export const timeout: ProxyDirective = {
  sections: EVERYWHERE,
  doc: 'A time limit: `client`, `http-request`, `http-keep-alive`, `client-fin` (frontend side); `connect`, `queue`, `server`, `server-fin`, `tunnel`, `check` (backend side). Units us, ms (default), s, m, h, d; 0 is none. See the table of defaults below.',
  example: 'timeout client 24h\ntimeout connect 5s\ntimeout server 1m',
  apply(cursor, draft, { problems }) {
    const word = cursor.need('a name such as client, connect or server');
    if (word === undefined) return;
    const timeout = Object.hasOwn(TIMEOUTS, word.text) ? TIMEOUTS[word.text] : undefined;
    if (timeout === undefined) {
      const notYet = word.text === 'tarpit';
      if (notYet) problems.error(word.at, `not supported yet: 'timeout ${word.text}'`);
      else problems.error(word.at, `unknown timeout '${word.text}'`, nearest(word.text, Object.keys(TIMEOUTS)));
      return;
    }
    const value = cursor.duration('a duration');
    if (draft.kind === timeout.not) problems.warning(word.at, `'timeout ${word.text}' has no effect in a ${draft.kind}`);
    else if (value !== undefined) draft.settings.timeouts[timeout.name] = value;
    cursor.end();
  },
};
