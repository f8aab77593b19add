import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { errorRedirect, readErrorStatus } from '../../error-answer.ts';

export const errorloc: ProxyDirective = {
  sections: EVERYWHERE,
  doc: '`errorloc CODE URL`: answers 302 and sends the client there instead of showing the error page.',
  example: 'errorloc 503 https://status.example.org/',
  apply(cursor, draft, { problems }) {
    const status = readErrorStatus(cursor, problems);
    const url = cursor.need('a URL');
    if (status !== undefined && url !== undefined) draft.settings.errorAnswers.set(status, errorRedirect(302, url.text));
    cursor.end();
  },
};
