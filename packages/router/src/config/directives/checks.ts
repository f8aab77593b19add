/** Health checks: what is sent to servers, and which response is a success. */
import { globalValue } from '../directive.ts';
import type { GlobalDirective, ProxyDirective } from '../directive.ts';
import { readCheckExpect, readCheckSend, readHttpchk } from '../http-check.ts';
import { BACK } from '../sections.ts';

const STEPS_NOT_YET = ['connect', 'comment', 'disable-on-404', 'send-state', 'set-var', 'set-var-fmt', 'unset-var'];

export const globalChecks = {
  'spread-checks': globalValue(
    {
      doc: 'Spreads health checks by plus or minus this percentage of their interval, 0 to 50.',
      example: 'spread-checks 5',
      default: 0,
    },
    (cursor) => cursor.integer('a percentage', 0, 50),
    (draft, value) => void (draft.spreadChecks = value),
  ),
} as const satisfies Record<string, GlobalDirective>;

export const checks = {
  'http-check': {
    sections: BACK,
    doc: 'Refines `option httpchk`: `http-check send [meth M] [uri U] [ver V] [hdr NAME VALUE]… [body TEXT]` and `http-check expect [!] status 200,300-399`. Headers go out as they are given, a `Connection` too; `Content-Length` is counted.',
    example: 'http-check send meth GET uri /health ver HTTP/1.1 hdr Host example.org\nhttp-check expect status 200-299',
    apply(cursor, draft, { problems }) {
      const step = cursor.choice('step', ['send', 'expect'], STEPS_NOT_YET);
      if (step === 'send') readCheckSend(cursor, draft, problems);
      else if (step === 'expect') readCheckExpect(cursor, draft, problems);
    },
  },
} as const satisfies Record<string, ProxyDirective>;

export const checkOptions = {
  httpchk: {
    sections: BACK,
    doc: 'Health checks ask over HTTP: `option httpchk [METHOD] [URI [VERSION]]`, by default `OPTIONS / HTTP/1.0`; 2xx and 3xx are healthy. Servers need `check`. A backend with its own `option httpchk` or `http-check` lines takes over none of those of its `defaults`.',
    example: 'option httpchk GET /health',
    apply(cursor, draft, { problems }) {
      readHttpchk(cursor, draft, problems);
      cursor.end();
    },
  },
} as const satisfies Record<string, ProxyDirective>;
