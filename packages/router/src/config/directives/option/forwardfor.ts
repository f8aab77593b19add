import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { readForwardFor } from '../../forward-for.ts';

export const forwardfor: ProxyDirective = {
  sections: EVERYWHERE,
  doc: "Adds the client's address to requests as `X-Forwarded-For`: `option forwardfor [except NETWORK] [header NAME] [if-none]`.",
  example: 'option forwardfor except 127.0.0.0/8',
  apply(cursor, draft, { problems }) {
    const forwardFor = readForwardFor(cursor, problems);
    if (forwardFor !== undefined) draft.settings.forwardFor = forwardFor;
    cursor.end();
  },
  negate(draft) {
    delete draft.settings.forwardFor;
  },
};
