import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import type { Evaluation } from '../model/evaluation.ts';
import type { Read } from '../model/values.ts';
import type { RequestOutcome } from '../model/snapshot.ts';

/** What an action's words compile to, and the words of the condition that were left. */
export interface CompiledAction {
  readonly act: (on: Evaluation) => RequestOutcome;
  /** What the action depends on. */
  readonly reads: readonly Read[];
  readonly condition: readonly Word[];
}

/** One action of `http-request`. `compile` takes the action's own word and what follows; undefined after a problem. */
export interface Action {
  compile(keyword: Word, words: readonly Word[], problems: Problems): CompiledAction | undefined;
}

/** An action without words of its own. */
export function plainAction(outcome: RequestOutcome): Action {
  return { compile: (_keyword, words) => ({ act: () => outcome, reads: [], condition: words }) };
}
