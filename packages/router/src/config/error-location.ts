import { EVERYWHERE } from './directive.ts';
import type { ProxyDirective } from './directive.ts';
import { errorRedirect, readErrorStatus } from './error-answer.ts';

/** One of the `errorloc` keywords: they differ in the status that sends the client away. */
export function errorLocation(keyword: string, status: 302 | 303): ProxyDirective {
  return {
    sections: EVERYWHERE,
    doc: `\`${keyword} CODE URL\`: answers ${status} and sends the client there instead of showing the error page.`,
    example: `${keyword} 503 https://status.example.org/`,
    apply(cursor, draft, { problems }) {
      const code = readErrorStatus(cursor, problems);
      const url = cursor.need('a URL');
      if (code !== undefined && url !== undefined)
        draft.settings.errorAnswers.set(code, errorRedirect(status, url.text));
      cursor.end();
    },
  };
}
