import type { RequestOutcome } from '../../model/snapshot.ts';
import type { Action } from '../action.ts';
import { parseReply } from '../reply.ts';

/** `return [status N] [content-type T] [string|lf-string|file|lf-file X] [hdr NAME FMT]...`: by default 200. */
export const returnAction: Action = {
  compile(_keyword, words, context) {
    const reply = parseReply(words, 200, context);
    if (reply === undefined) return undefined;
    const { answer, constant, reads, condition } = reply;
    if (constant === undefined)
      return { act: (on) => ({ kind: 'respond', answer: answer(on), state: 'L' }), reads, condition };
    const outcome: RequestOutcome = { kind: 'respond', answer: constant, state: 'L' };
    return { act: () => outcome, reads, condition };
  },
};
