import type { Word } from '@headgate/shared/config/raw';
import { errorAnswer, hasErrorAnswer } from '../../http/error-answers.ts';
import type { Answer } from '../../model/answer.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import type { RequestOutcome } from '../../model/snapshot.ts';
import type { Action, ActionContext, CompiledAction } from '../action.ts';
import { parseReply } from '../reply.ts';

const refused = (answer: Answer): RequestOutcome => ({ kind: 'respond', answer, state: 'P' });

/** `deny [deny_status N] [content-type T string S] [hdr NAME FMT]...`: 403, or the built-in page of another status. */
export const deny: Action = denying(403, refused);

/** `tarpit`, with the same words: 500 unless they say otherwise, after `timeout tarpit`. */
export const tarpit: Action = denying(500, (answer) => ({ kind: 'tarpit', answer }));

/** `http-response deny`: replaces the server's response, by default with 502. */
export const responseDeny: Action = denying(502, refused);

function denying(status: number, outcomeOf: (answer: Answer) => RequestOutcome): Action {
  return { compile: (keyword, words, context) => compileDeny(keyword, words, status, outcomeOf, context) };
}

function compileDeny(
  keyword: Word,
  words: readonly Word[],
  status: number,
  outcomeOf: (answer: Answer) => RequestOutcome,
  context: ActionContext,
): CompiledAction | undefined {
  const reply = parseReply(words, status, context);
  if (reply === undefined) return undefined;
  const { reads, condition } = reply;
  const varied = (answer: (on: Evaluation) => Answer): CompiledAction => ({
    act: (on) => outcomeOf(answer(on)),
    reads,
    condition,
  });
  const fixed = (answer: Answer): CompiledAction => {
    const outcome = outcomeOf(answer);
    return { act: () => outcome, reads, condition };
  };
  // As in HAProxy, an answer with custom headers and no content has an empty body, not the built-in page.
  if (reply.hasContent || reply.hasHeaders)
    return reply.constant === undefined ? varied(reply.answer) : fixed(reply.constant);
  if (!hasErrorAnswer(reply.status)) {
    context.problems.error(
      reply.statusAt ?? keyword.at,
      `there is no built-in page for ${reply.status}: give it a content with 'string'`,
    );
    return undefined;
  }
  return fixed(errorAnswer(reply.status));
}
