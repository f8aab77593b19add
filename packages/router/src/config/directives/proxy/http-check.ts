import { BACK } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { readCheckExpect, readCheckSend } from '../../http-check.ts';

const NOT_YET = ['connect', 'comment', 'disable-on-404', 'send-state', 'set-var', 'set-var-fmt', 'unset-var'];

export const httpCheck: ProxyDirective = {
  sections: BACK,
  doc: 'Refines `option httpchk`: `http-check send [meth M] [uri U] [ver V] [hdr NAME VALUE]… [body TEXT]` and `http-check expect [!] status 200,300-399`. Headers go out as they are given, a `Connection` too; `Content-Length` is counted.',
  example: 'http-check send meth GET uri /health ver HTTP/1.1 hdr Host example.org\nhttp-check expect status 200-299',
  apply(cursor, draft, { problems }) {
    const step = cursor.choice('step', ['send', 'expect'], NOT_YET);
    if (step === 'send') readCheckSend(cursor, draft, problems);
    else if (step === 'expect') readCheckExpect(cursor, draft, problems);
  },
};
