/** Error pages. */
import { reasonFor } from '@headgate/shared/process/regular-file';
import type { ProxyDirective } from '../directive.ts';
import { errorRedirect, parseErrorFile, readErrorStatus } from '../error-answer.ts';
import { EVERYWHERE } from '../sections.ts';

/** One of the `errorloc` keywords: they differ in the status of the redirect. */
function errorLocation(keyword: string, status: 302 | 303): ProxyDirective {
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

export const answers = {
  errorfile: {
    sections: EVERYWHERE,
    doc: '`errorfile CODE FILE`: the whole HTTP answer in the file is sent instead of our own error page.',
    example: 'errorfile 503 errors/503.http',
    apply(cursor, draft, { problems, io }) {
      const status = readErrorStatus(cursor, problems);
      const path = cursor.need('a file');
      cursor.end();
      if (status === undefined || path === undefined) return;
      const text = path.text === '/dev/null' ? '' : io.readFile(path.text);
      if (path.text === '/dev/null') problems.error(path.at, "not supported yet: 'errorfile' with /dev/null");
      else if (typeof text !== 'string') problems.error(path.at, `'${path.text}' cannot be read${reasonFor(text)}`);
      else {
        const answer = parseErrorFile(text, status);
        if (typeof answer === 'string') problems.error(path.at, `'${path.text}': ${answer}`);
        else draft.settings.errorAnswers.set(status, answer);
      }
    },
  },
  errorloc: errorLocation('errorloc', 302),
  errorloc302: errorLocation('errorloc302', 302),
  errorloc303: errorLocation('errorloc303', 303),
} as const satisfies Record<string, ProxyDirective>;
