import type { Word } from '@headgate/shared/config/raw';
import { durationBeforeRest, parseDuration } from '@headgate/shared/config/units';
import type { Parsed } from '@headgate/shared/config/units';
import { errorAnswer } from '../http/error-answers.ts';
import type { Edits } from '../model/edits.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { RequestOutcome } from '../model/snapshot.ts';
import type { Read } from '../model/values.ts';
import { phases } from '../sample/phase.ts';
import type { Phase } from '../sample/phase.ts';
import type { ExpressionContext } from '../sample/expression.ts';

/** A compiled action, and the remaining words, which are its condition. */
export interface CompiledAction {
  readonly act: (on: Evaluation) => RequestOutcome;
  /** What the action depends on. */
  readonly reads: readonly Read[];
  readonly condition: readonly Word[];
  readonly demandsProxy?: true;
}

/** The context of compiling an action: where problems are reported, and the phase in which its expressions are evaluated. */
export interface ActionContext extends ExpressionContext {
  readonly phase: Phase;
}

/** One action of a rule family. `compile` gets the action's keyword and the words after it; returns undefined after a problem. */
export interface Action {
  /** It reads what is in parentheses after its name: `set-var(txn.a)`. After any other action they are a mistake. */
  readonly parentheses?: true;
  compile(keyword: Word, words: readonly Word[], context: ActionContext): CompiledAction | undefined;
}

/** An action without arguments. */
export function plainAction(outcome: RequestOutcome): Action {
  return { compile: (_keyword, words) => ({ act: () => outcome, reads: [], condition: words }) };
}

const CONTINUE: RequestOutcome = { kind: 'continue' };
/** As in HAProxy, a message that a rule cannot change as it says is not forwarded (`strict-mode`). */
const IMPOSSIBLE: RequestOutcome = { kind: 'respond', answer: errorAnswer(500), state: 'I' };

/** The action of a rule that never ends the evaluation. */
export function goingOn(run: (on: Evaluation) => void): CompiledAction['act'] {
  return (on) => {
    run(on);
    return CONTINUE;
  };
}

/** The action of a rule that changes the head of its phase, request or response. `change` returns false when that was impossible. */
export function editing(phase: Phase, change: (edits: Edits, on: Evaluation) => boolean): CompiledAction['act'] {
  const outcome = (edits: Edits | undefined, on: Evaluation): RequestOutcome =>
    edits === undefined || change(edits, on) || edits.lenient ? CONTINUE : IMPOSSIBLE;
  if (phase === phases.request) return (on) => outcome(on.request.edit?.(), on);
  return (on) => outcome(on.response?.edit?.(), on);
}

/** The arguments of an action, one per name; undefined after a problem. */
export function operands(
  keyword: Word,
  words: readonly Word[],
  names: readonly string[],
  { problems }: ActionContext,
): readonly Word[] | undefined {
  const own = words.slice(0, names.length);
  const end = own.findIndex(({ text }) => text === '' || text === 'if' || text === 'unless');
  const count = end < 0 ? own.length : end;
  if (count === names.length) return own;
  problems.error((own[count] ?? keyword).at, `'${keyword.text}' needs ${names.map((name) => `<${name}>`).join(' ')}`);
  return undefined;
}

/** Milliseconds. Of `30sec` it is what HAProxy 2.6 reads, with a warning. */
export function durationIn({ text, at }: Word, problems: ActionContext['problems']): Parsed {
  const read = durationBeforeRest(text);
  if (read !== undefined)
    problems.warning(at, `'${text}' is read as ${read}, as HAProxy 2.6 does; later versions refuse it`);
  return parseDuration(read ?? text);
}

/** As in HAProxy empty words at the end of a line (`"${EXTRA}"`) are none. */
export function isNothing(words: readonly Word[]): boolean {
  return words.every(({ text }) => text === '');
}

/** Reports a word where the condition of an action should begin. */
export function conditionOf(
  keyword: Word,
  words: readonly Word[],
  { problems }: ActionContext,
): readonly Word[] | undefined {
  const [first] = words;
  if (first === undefined || isNothing(words)) return [];
  if (first.text === 'if' || first.text === 'unless') return words;
  problems.error(first.at, `unexpected '${first.text}' after '${keyword.text}': quote a value that has blanks`);
  return undefined;
}
