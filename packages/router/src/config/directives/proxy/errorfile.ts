import { reasonFor } from '@headgate/shared/process/regular-file';
import { EVERYWHERE } from '../../directive.ts';
import type { ProxyDirective } from '../../directive.ts';
import { parseErrorFile, readErrorStatus } from '../../error-answer.ts';

export const errorfile: ProxyDirective = {
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
};
