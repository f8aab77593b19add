import type { RequestOutcome } from '../../model/snapshot.ts';
import type { Action } from '../action.ts';
import { parseReply } from '../reply.ts';

/** `return [status N] [content-type T] [string S] [hdr NAME VALUE]...`: 200 unless said otherwise. */
export const returnAction: Action = {
  compile(_keyword, words, problems) {
    const reply = parseReply(words, 200, problems);
    if (reply === undefined) return undefined;
    const outcome: RequestOutcome = { kind: 'respond', answer: reply.answer, state: 'L' };
    return { act: () => outcome, reads: [], condition: reply.condition };
  },
};
