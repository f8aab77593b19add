import { errorAnswer, hasErrorAnswer } from '../../http/error-answers.ts';
import type { RequestOutcome } from '../../model/snapshot.ts';
import type { Action } from '../action.ts';
import { parseReply } from '../reply.ts';

/** `deny [deny_status N] [content-type T string S] [hdr NAME VALUE]...`: 403, or the built-in page of another status. */
export const deny: Action = {
  compile(keyword, words, problems) {
    const reply = parseReply(words, 403, problems);
    if (reply === undefined) return undefined;
    if (!reply.hasContent && !hasErrorAnswer(reply.answer.status)) {
      problems.error(
        reply.statusAt ?? keyword.at,
        `there is no built-in page for ${reply.answer.status}: give it a content with 'string'`,
      );
      return undefined;
    }
    const page = errorAnswer(reply.answer.status);
    const plain = reply.hasContent
      ? reply.answer
      : reply.answer.headers.length === 0
        ? page
        : { ...page, headers: [...reply.answer.headers, ...page.headers] };
    const outcome: RequestOutcome = { kind: 'respond', answer: plain, state: 'P' };
    return { act: () => outcome, reads: [], condition: reply.condition };
  },
};
