import { FRONT } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const logFormat: ProxyDirective = {
  sections: FRONT,
  doc: "`json`, a word of ours: access lines are JSON objects. HAProxy's own format strings are not supported yet.",
  example: 'log-format json',
  apply(cursor, draft, { problems }) {
    const words = cursor.rest();
    if (words.length === 1 && words[0]?.text === 'json') draft.settings.logFormat = 'json';
    else
      problems.error(
        words[0]?.at ?? cursor.at,
        "not supported yet: 'log-format' other than 'json'; 'option httplog' gives HAProxy's line",
      );
  },
};
