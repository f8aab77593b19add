import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';

export const redispatch: ProxyDirective = {
  sections: BACK,
  doc: 'Lets a retry go to another server: the last one only, with a number every Nth one, with a negative number every Nth counted from the last. `roundrobin`, `static-rr`, `leastconn`, `first` and `random`, for which any server will do, ask another at each retry and without a pause. Default: off in haproxy.cfg, on in YAML.',
  example: 'option redispatch',
  apply(cursor, draft, { problems }) {
    draft.settings.redispatch = -1;
    const word = cursor.next();
    const value = Number(word?.text);
    if (word !== undefined && /^-?\d{1,3}$/.test(word.text)) draft.settings.redispatch = value;
    else if (word !== undefined)
      problems.error(word.at, `'${word.text}' is not a number of retries: 3 for every third, -1 for the last`);
    cursor.end();
  },
  negate(draft) {
    draft.settings.redispatch = 0;
  },
};
