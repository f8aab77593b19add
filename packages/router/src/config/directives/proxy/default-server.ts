import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { readServerParameters } from '../../server.ts';

export const defaultServer: ProxyDirective = {
  sections: BACK,
  doc: 'Parameters of the servers that follow.',
  example: 'default-server check inter 5s rise 2 fall 3',
  apply(cursor, draft, context) {
    readServerParameters(cursor, draft.settings.server, context);
  },
};
