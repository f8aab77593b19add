import type { Problems } from '@headgate/shared/config/problem';
import type { Statement } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { AclScope } from '../acl/scope.ts';
import type { StickRule } from '../model/persistence.ts';
import { compileExpression } from '../sample/expression.ts';
import { tableKey } from '../sample/table-key.ts';
import { textOf } from './statement-text.ts';

const KINDS = {
  on: { matches: true, stores: true, response: false },
  match: { matches: true, stores: false, response: false },
  store: { matches: false, stores: true, response: false },
  'store-request': { matches: false, stores: true, response: false },
  'store-response': { matches: false, stores: true, response: true },
} as const;

/** `stick on|match|store-request|store-response EXPRESSION [table NAME] [if|unless …]`. */
export function compileStick(statement: Statement, scope: AclScope, problems: Problems): StickRule | undefined {
  const [keyword, word, expression, ...rest] = statement.words;
  const kind = Object.entries(KINDS).find(([name]) => name === word?.text)?.[1];
  const known = Object.keys(KINDS).filter((name) => name !== 'store');
  if (word === undefined || kind === undefined) {
    if (word === undefined) problems.error(keyword.at, `'stick' needs one of ${known.join(', ')}`);
    else problems.error(word.at, `unknown word '${word.text}' after 'stick'`, nearest(word.text, known));
    return undefined;
  }
  if (expression === undefined) {
    problems.error(word.at, `'stick ${word.text}' needs a key: a sample expression such as src`);
    return undefined;
  }
  const phase = kind.response ? scope.responsePhase : scope.requestPhase;
  const named = rest[0]?.text === 'table';
  const table = named ? rest[1] : undefined;
  if (named && table === undefined) problems.error((rest[0] ?? word).at, "'table' needs the name of a stick table");
  const condition = rest.slice(named ? 2 : 0);
  const [first] = condition;
  if (first !== undefined && first.text !== 'if' && first.text !== 'unless') {
    problems.error(
      first.at,
      `unexpected '${first.text}' after 'stick ${word.text}'`,
      nearest(first.text, ['table', 'if', 'unless']),
    );
    return undefined;
  }
  const compiled = compileExpression(expression, { ...scope.expressions, phase });
  const when = scope.condition(condition, keyword.at, phase);
  if (compiled === undefined || (named && table === undefined)) return undefined;
  const { reading, type } = compiled;
  const name = table?.text ?? scope.expressions.tables?.own ?? '';
  scope.expressions.tables?.refer(name, table?.at ?? keyword.at, type, true);
  return {
    ...kind,
    at: keyword.at,
    text: textOf(statement),
    table: name,
    when,
    key(on, spec) {
      const value = reading.one(on);
      return value === undefined ? undefined : tableKey(spec, type, value);
    },
  };
}
