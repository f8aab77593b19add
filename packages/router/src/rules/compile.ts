import type { Problems } from '@headgate/shared/config/problem';
import type { Statement, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { phases } from '../sample/phase.ts';
import type { AclScope } from '../acl/scope.ts';
import type { ConnectionRule, RequestRule, UseBackend } from '../model/snapshot.ts';
import type { CompiledAction } from './action.ts';
import { notSupported } from '../model/vocabulary.ts';
import { actions, unsupportedActions } from './actions.ts';
import { parseRedirect } from './redirect.ts';

// Each function compiles one statement in a scope that already has its ACLs, reports problems at their words,
// and returns undefined when there was nothing to make a rule of.

/** `redirect location|prefix|scheme TO [options] [if|unless ...]`. */
export function compileRedirect(statement: Statement, scope: AclScope, problems: Problems): RequestRule | undefined {
  const [keyword, ...words] = statement.words;
  const compiled = parseRedirect(keyword, words, problems);
  if (compiled === undefined) return undefined;
  const { answer, reads, condition } = compiled;
  return requestRule(statement, scope, {
    act: (on) => ({ kind: 'respond', answer: answer(on.request), state: 'L' }),
    reads,
    condition,
  });
}

/** `http-request deny|return|redirect|reject|allow [options] [if|unless ...]`. */
export function compileHttpRequest(statement: Statement, scope: AclScope, problems: Problems): RequestRule | undefined {
  const [keyword, action, ...words] = statement.words;
  if (action === undefined || !isAction(action.text)) {
    refuseAction('http-request', action, (action ?? keyword).at, Object.keys(actions), problems);
    return undefined;
  }
  const compiled = actions[action.text].compile(action, words, problems);
  return compiled === undefined ? undefined : requestRule(statement, scope, compiled);
}

/** `use_backend NAME [if|unless ...]`. That the backend exists is for the caller to see to. */
export function compileUseBackend(statement: Statement, scope: AclScope, problems: Problems): UseBackend | undefined {
  const [keyword, name, ...condition] = statement.words;
  if (name === undefined) {
    problems.error(keyword.at, 'use_backend needs the name of a backend');
    return undefined;
  }
  if (name.text.includes('%')) {
    problems.error(name.at, `not supported yet: a backend name made by a log-format '${name.text}'`);
    return undefined;
  }
  return { at: keyword.at, text: textOf(statement), when: scope.condition(condition, keyword.at), backend: name.text };
}

/** `tcp-request content accept|reject [if|unless ...]`: on a request, whose head is complete by then. */
export function compileContentRule(statement: Statement, scope: AclScope, problems: Problems): RequestRule | undefined {
  const [keyword, stage, action, ...condition] = statement.words;
  const outcome = action?.text === 'accept' ? 'allow' : action?.text === 'reject' ? 'reject' : undefined;
  if (outcome !== undefined)
    return requestRule(statement, scope, { act: () => ({ kind: outcome }), reads: [], condition });
  refuseAction('tcp-request content', action, (action ?? stage ?? keyword).at, ['accept', 'reject'], problems);
  return undefined;
}

/** `tcp-request connection accept|reject|expect-proxy layer4 [if|unless ...]`. */
export function compileConnectionRule(
  statement: Statement,
  scope: AclScope,
  problems: Problems,
): ConnectionRule | undefined {
  const [keyword, stage, action, ...words] = statement.words;
  const at = (action ?? stage ?? keyword).at;
  if (action?.text === 'accept' || action?.text === 'reject') {
    return { at: keyword.at, action: action.text, when: scope.condition(words, at, phases.connection) };
  }
  if (action?.text !== 'expect-proxy') {
    refuseAction('tcp-request connection', action, at, ['accept', 'reject', 'expect-proxy'], problems);
    return undefined;
  }
  const [layer, ...condition] = words;
  if (layer?.text === 'layer4')
    return { at: keyword.at, action: 'expect-proxy', when: scope.condition(condition, at, phases.connection) };
  problems.error(layer?.at ?? at, "expect-proxy needs 'layer4'");
  return undefined;
}

/** An action that is none of `known`: one of HAProxy's is said to be not supported, any other is unknown. */
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

function requestRule(statement: Statement, scope: AclScope, { act, reads, condition }: CompiledAction): RequestRule {
  const at = statement.words[0].at;
  return { at, text: textOf(statement), when: scope.condition(condition, at), act, reads };
}

/** The line as it was written, blanks and quotes aside. */
function textOf(statement: Statement): string {
  return statement.words
    .map((word) => (word.text === '' || /\s/.test(word.text) ? JSON.stringify(word.text) : word.text))
    .join(' ');
}

function isAction(name: string): name is keyof typeof actions {
  return Object.hasOwn(actions, name);
}
