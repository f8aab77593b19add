import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { nearest } from '@headgate/shared/config/suggest';
import { readCheckExpect, readCheckSend } from '../../http-check.ts';

const NOT_YET = ['connect', 'comment', 'disable-on-404', 'send-state', 'set-var', 'set-var-fmt', 'unset-var'];

export const httpCheck: ProxyDirective = {
  sections: BACK,
  doc: 'Refines `option httpchk`: `http-check send [meth M] [uri U] [ver V] [hdr NAME VALUE]…` and `http-check expect [!] status 200,300-399`.',
  example: 'http-check send meth GET uri /health ver HTTP/1.1 hdr Host example.org\nhttp-check expect status 200-299',
  apply(cursor, draft, { problems }) {
    const word = cursor.need("'send' or 'expect'");
    if (word?.text === 'send') readCheckSend(cursor, draft.settings, problems);
    else if (word?.text === 'expect') readCheckExpect(cursor, draft.settings, problems);
    else if (word !== undefined && NOT_YET.includes(word.text)) problems.error(word.at, `not supported yet: 'http-check ${word.text}'`);
    else if (word !== undefined) problems.error(word.at, `unknown 'http-check ${word.text}'`, nearest(word.text, ['send', 'expect']));
  },
};
