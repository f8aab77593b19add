import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { errorRedirect, readErrorStatus } from '../../error-answer.ts';

export const errorloc303: ProxyDirective = {
  sections: EVERYWHERE,
  doc: '`errorloc303 CODE URL`: answers 303 and sends the client there instead of showing the error page.',
  example: 'errorloc303 503 https://status.example.org/',
  apply(cursor, draft, { problems }) {
    const status = readErrorStatus(cursor, problems);
    const url = cursor.need('a URL');
    if (status !== undefined && url !== undefined) draft.settings.errorAnswers.set(status, errorRedirect(303, url.text));
    cursor.end();
  },
};
