/** Error pages. */
import { hasErrorAnswer } from '../../http/error-answers.ts';
import { parseReply } from '../../rules/reply.ts';
import { phases } from '../../sample/phase.ts';
import type { ProxyDirective } from '../directive.ts';
import { errorRedirect, readErrorFile, readErrorStatus, refuseStatus } from '../error-answer.ts';
import { EVERYWHERE, FRONTENDS } from '../sections.ts';

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
        draft.settings.errorAnswers.set(code, errorRedirect(status, url.text, code));
      cursor.end();
    },
  };
}

export const answers = {
  errorfile: {
    sections: EVERYWHERE,
    doc: '`errorfile CODE FILE`: the whole HTTP answer in the file is sent instead of our own error page. With /dev/null nothing is sent and the connection ends.',
    example: 'errorfile 503 errors/503.http',
    apply(cursor, draft, context) {
      const status = readErrorStatus(cursor, context.problems);
      const path = cursor.need('a file');
      cursor.end();
      const page = status === undefined || path === undefined ? undefined : readErrorFile(path, status, context);
      if (status !== undefined && page !== undefined) draft.settings.errorAnswers.set(status, page);
    },
  },
  errorfiles: {
    sections: EVERYWHERE,
    doc: '`errorfiles NAME [CODE…]`: the pages of an `http-errors` section, all of them or those of the codes.',
    example: 'errorfiles site 403 503',
    apply(cursor, draft, context) {
      const name = cursor.need('the name of an http-errors section');
      const pages = name === undefined ? undefined : context.errorFiles(name);
      const wanted: number[] = [];
      while (cursor.peek() !== undefined) {
        const status = readErrorStatus(cursor, context.problems);
        if (status !== undefined) wanted.push(status);
      }
      for (const [status, page] of pages ?? [])
        if (wanted.length === 0 || wanted.includes(status)) draft.settings.errorAnswers.set(status, page);
      const absent = wanted.find((status) => pages?.has(status) === false);
      if (absent !== undefined)
        context.problems.warning(cursor.at, `http-errors '${name?.text ?? ''}' has no page for ${absent}`);
    },
  },
  'http-error': {
    sections: EVERYWHERE,
    doc: '`http-error status CODE [content-type T] [string|lf-string|file|lf-file|errorfile X|errorfiles NAME|default-errorfiles] [hdr NAME FMT]…`: a page of its own for a status, made for each request where it has formats. A request that could not be read gets the built-in page.',
    example: 'http-error status 503 content-type text/plain lf-string "back soon, %[src]" hdr Retry-After 60',
    apply(cursor, draft, context) {
      const { at } = cursor;
      const reply = parseReply(cursor.rest(), 0, { ...draft.scope.expressions, phase: phases.request });
      if (reply === undefined) return;
      const { status, statusAt, constant, answer, condition } = reply;
      const [more] = condition;
      if (more !== undefined) context.problems.error(more.at, `unexpected '${more.text}' after 'http-error'`);
      else if (statusAt === undefined) context.problems.error(at, "'http-error' needs 'status' and a code");
      else if (!hasErrorAnswer(status)) refuseStatus(status, statusAt, context.problems);
      else if (reply.ofProxy) draft.settings.errorAnswers.delete(status);
      else draft.settings.errorAnswers.set(status, constant ?? answer);
    },
  },
  monitor: {
    sections: FRONTENDS,
    doc: '`monitor fail if|unless CONDITION`: the path of `monitor-uri` is answered with 503 while the condition holds.',
    example: 'monitor fail if { nbsrv(b) lt 1 }',
    apply(cursor, draft, { problems }) {
      if (cursor.choice('thing to do', ['fail']) === undefined) return;
      const { at } = cursor;
      const words = cursor.rest();
      const when = draft.scope.condition(words, at);
      if (words.length === 0) problems.error(at, "'monitor fail' needs a condition: if or unless");
      else if (when !== undefined) draft.monitorFail.push(when);
    },
  },
  errorloc: errorLocation('errorloc', 302),
  errorloc302: errorLocation('errorloc302', 302),
  errorloc303: errorLocation('errorloc303', 303),
} as const satisfies Record<string, ProxyDirective>;
