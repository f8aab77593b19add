import type { Problems } from '@headgate/shared/config/problem';
import type { Statement, Word } from '@headgate/shared/config/raw';
import type { AclScope } from '../acl/scope.ts';
import type { PersistRule, UseServer } from '../model/persistence.ts';
import { compileFormat } from '../sample/format.ts';
import { textOf } from './statement-text.ts';

/** `use-server NAME if|unless …`. That the server exists is for the caller to see to. */
export function compileUseServer(statement: Statement, scope: AclScope, problems: Problems): UseServer | undefined {
  const [keyword, name, ...condition] = statement.words;
  if (name === undefined || !hasCondition([keyword, name], condition, problems)) return undefined;
  const rule = { at: keyword.at, text: textOf(statement), when: scope.condition(condition, keyword.at) };
  if (!name.text.includes('%')) return { ...rule, server: name.text };
  const format = compileFormat(name, { ...scope.expressions, phase: scope.requestPhase });
  if (format === undefined) return undefined;
  return {
    ...rule,
    server: format.constant ?? name.text,
    ...(format.constant === undefined && { made: format.render }),
  };
}

/** `force-persist` and `ignore-persist if|unless …`. */
export function compilePersistRule(
  statement: Statement,
  kind: PersistRule['kind'],
  scope: AclScope,
  problems: Problems,
): PersistRule | undefined {
  const [keyword, ...condition] = statement.words;
  if (!hasCondition([keyword], condition, problems)) return undefined;
  return { at: keyword.at, text: textOf(statement), kind, when: scope.condition(condition, keyword.at) };
}

/** HAProxy refuses such a line without a condition: it would turn balancing, or persistence, off as a whole. */
function hasCondition(before: readonly Word[], [first]: readonly Word[], problems: Problems): boolean {
  if (first?.text === 'if' || first?.text === 'unless') return true;
  const at = (first ?? before.at(-1))?.at;
  const words = before.map(({ text }) => text).join(' ');
  if (at !== undefined) problems.error(at, `'${words}' needs 'if' or 'unless' and a condition`);
  return false;
}
