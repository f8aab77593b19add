import type { Problems } from '@headgate/shared/config/problem';
import type { Statement, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { within } from '../sample/expression.ts';
import { compileFormat } from '../sample/format.ts';
import { phases } from '../sample/phase.ts';
import type { Phase } from '../sample/phase.ts';
import type { AclScope } from '../acl/scope.ts';
import type { RequestRule, UseBackend } from '../model/snapshot.ts';
import type { Action, CompiledAction } from './action.ts';
import { notSupported } from '../model/vocabulary.ts';
import {
  actions,
  afterResponseActions,
  connectionActions,
  contentActions,
  responseActions,
  responseContentActions,
  sessionActions,
  unsupportedActions,
} from './actions.ts';
import { parseRedirect } from './redirect.ts';
import { textOf } from './statement-text.ts';

// Each function compiles one statement in a scope that already has its ACLs, reports problems at their words,
// and returns undefined when the line does not yield a rule.

/** `redirect location|prefix|scheme TO [options] [if|unless ...]`. */
export function compileRedirect(statement: Statement, scope: AclScope, problems: Problems): RequestRule | undefined {
  const [keyword, ...words] = statement.words;
  const compiled = parseRedirect(keyword, words, { problems });
  return compiled === undefined ? undefined : requestRule(statement, scope, compiled);
}

/** `http-request ACTION [options] [if|unless ...]`. */
export function compileHttpRequest(statement: Statement, scope: AclScope, problems: Problems): RequestRule | undefined {
  return compileRule(statement, actions, scope, phases.request, problems);
}

/** `http-response ACTION [options] [if|unless ...]`. */
export function compileHttpResponse(
  statement: Statement,
  scope: AclScope,
  problems: Problems,
): RequestRule | undefined {
  return compileRule(statement, responseActions, scope, phases.response, problems);
}

/** `http-after-response ACTION [options] [if|unless ...]`. */
export function compileAfterResponse(
  statement: Statement,
  scope: AclScope,
  problems: Problems,
): RequestRule | undefined {
  return compileRule(statement, afterResponseActions, scope, phases.response, problems);
}

function compileRule(
  statement: Statement,
  known: Readonly<Record<string, Action>>,
  scope: AclScope,
  phase: Phase,
  problems: Problems,
): RequestRule | undefined {
  const [name, ...words] = statement.words;
  return compileAction({ name, last: name, words, statement }, known, scope, phase, problems);
}

/** A statement taken apart: its keyword of one word or two, the last of these, and what follows. */
interface Parts {
  readonly name: Word;
  readonly last: Word;
  readonly words: readonly Word[];
  readonly statement: Statement;
}

function compileAction(
  { name: keyword, last, words: [word, ...words], statement }: Parts,
  known: Readonly<Record<string, Action>>,
  scope: AclScope,
  phase: Phase,
  problems: Problems,
): RequestRule | undefined {
  // `set-var(txn.a)` is keyword and argument in one word.
  const name = word?.text.replace(/\(.*$/s, '') ?? '';
  const action = Object.hasOwn(known, name) ? known[name] : undefined;
  if (word === undefined || action === undefined) {
    refuseAction(keyword.text, word, (word ?? last).at, Object.keys(known), problems);
    return undefined;
  }
  if (action.parentheses !== true && word.text.length > name.length) {
    problems.error(
      within(word, name.length),
      `'${keyword.text} ${name}' accepts nothing in parentheses: write what it needs after a blank`,
    );
    return undefined;
  }
  const compiled = action.compile(word, words, { ...scope.expressions, phase });
  return compiled === undefined ? undefined : requestRule(statement, scope, compiled, phase);
}

/** `use_backend NAME [if|unless ...]`. The caller checks that the backend exists. */
export function compileUseBackend(statement: Statement, scope: AclScope, problems: Problems): UseBackend | undefined {
  const [keyword, name, ...condition] = statement.words;
  if (name === undefined || name.text === '') {
    problems.error((name ?? keyword).at, 'use_backend needs the name of a backend');
    return undefined;
  }
  const rule = { at: keyword.at, text: textOf(statement), when: scope.condition(condition, keyword.at) };
  if (!name.text.includes('%')) return { ...rule, backend: name.text };
  const format = compileFormat(name, { ...scope.expressions, phase: scope.requestPhase });
  if (format === undefined) return undefined;
  if (format.constant !== undefined) return { ...rule, backend: format.constant };
  return { ...rule, backend: name.text, made: format.render, reads: format.reads };
}

/** `tcp-request content ACTION [options] [if|unless ...]`: on a request, whose head is complete by then. */
export function compileContentRule(statement: Statement, scope: AclScope, problems: Problems): RequestRule | undefined {
  return compileStaged(statement, contentActions, scope, scope.requestPhase, problems);
}

/** `tcp-response content ACTION [options] [if|unless ...]`: on what a server answered. */
export function compileResponseContentRule(
  statement: Statement,
  scope: AclScope,
  problems: Problems,
): RequestRule | undefined {
  return compileStaged(statement, responseContentActions, scope, scope.responsePhase, problems);
}

/** `tcp-request session ACTION [options] [if|unless ...]`: on a connection whose client is known. */
export function compileSessionRule(statement: Statement, scope: AclScope, problems: Problems): RequestRule | undefined {
  return compileStaged(statement, sessionActions, scope, phases.session, problems);
}

/** `tcp-request connection ACTION [options] [if|unless ...]`: on a connection that was just accepted. */
export function compileConnectionRule(
  statement: Statement,
  scope: AclScope,
  problems: Problems,
): RequestRule | undefined {
  return compileStaged(statement, connectionActions, scope, phases.connection, problems);
}

/** A rule whose keyword has two words: `tcp-request content`. */
function compileStaged(
  statement: Statement,
  known: Readonly<Record<string, Action>>,
  scope: AclScope,
  phase: Phase,
  problems: Problems,
): RequestRule | undefined {
  const [keyword, stage, ...words] = statement.words;
  const name = { ...keyword, text: `${keyword.text} ${stage?.text ?? ''}` };
  return compileAction({ name, last: stage ?? keyword, words, statement }, known, scope, phase, problems);
}

/** Reports an action that is not in `known`: not supported when HAProxy has it, otherwise unknown. */
function refuseAction(
  rules: string,
  action: Word | undefined,
  at: Word['at'],
  known: readonly string[],
  problems: Problems,
): void {
  const name = /^[A-Za-z0-9-]*/.exec(action?.text ?? '')?.[0] ?? '';
  if (action === undefined) problems.error(at, `'${rules}' needs an action: ${known.join(', ')}`);
  else if (unsupportedActions.has(name)) problems.error(at, notSupported(`${rules} ${name}`));
  else problems.error(at, `unknown action '${action.text}' of '${rules}'`, nearest(action.text, known));
}

function requestRule(
  statement: Statement,
  scope: AclScope,
  { act, reads, condition, demandsProxy }: CompiledAction,
  phase: Phase = phases.request,
): RequestRule {
  const at = statement.words[0].at;
  return {
    at,
    text: textOf(statement),
    when: scope.condition(condition, at, phase),
    act,
    reads,
    ...(demandsProxy && { demandsProxy }),
  };
}
