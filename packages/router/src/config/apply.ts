import type { Statement, Word } from '@headgate/shared/config/raw';
import { SERVER_PARAMETERS } from './server-parameters.ts';
import { nearest } from '@headgate/shared/config/suggest';
import { Cursor } from '@headgate/shared/config/cursor';
import { hasNoEffect } from './directive.ts';
import type { Context, GlobalDirective, ProxyDirective } from './directive.ts';
import { phases } from '../sample/phase.ts';
import { successorOf } from './removed.ts';
import { textOf } from '../rules/statement-text.ts';
import { HTTP_ONLY, WHY_NOT_HTTP } from './tcp-mode.ts';
import { timeoutFits } from './directives/timeouts.ts';
import { GLOBAL_DIRECTIVES, OPTIONS, PROXY_DIRECTIVES } from './directives.ts';
import { inherit } from './draft.ts';
import type { CaptureDraft, ProxyDraft } from './draft.ts';
import { emptyLists } from './new-draft.ts';
import { GLOBAL_NEGATED, GLOBAL_WITHOUT_EFFECT } from './idle/global.ts';
import { OPTIONS_WITHOUT_EFFECT, PROXY_WITHOUT_EFFECT } from './idle/proxy.ts';
import { readArguments } from './idle/takes.ts';
import {
  GLOBAL_NOT_YET,
  GLOBAL_NOT_YET_PREFIXES,
  OPTIONS_NOT_YET,
  PROXY_NOT_YET,
  isGlobalTls,
  notSupported,
  removed,
} from '../model/vocabulary.ts';

const GLOBAL_WORDS: readonly string[] = [
  ...Object.keys(GLOBAL_DIRECTIVES),
  ...Object.keys(GLOBAL_WITHOUT_EFFECT),
  ...GLOBAL_NOT_YET,
];

/** Finds the directive for a `global` statement and parses its arguments. */
export function applyGlobal(statement: Statement, context: Context): void {
  const [first, second] = statement.words;
  if ((first.text === 'no' || first.text === 'default') && second !== undefined)
    return negateGlobal(statement, first, second, context);
  const keyword = first;
  const directive = lookup<GlobalDirective>(GLOBAL_DIRECTIVES, keyword.text);
  const idle = lookup(GLOBAL_WITHOUT_EFFECT, keyword.text);
  const forBinds = context.io.privateSocket !== undefined && isGlobalTls(keyword.text);
  if (forBinds) (context.global.tls ??= []).push(statement);
  if (directive !== undefined) directive.apply(new Cursor(statement, 1, context), context.global, context);
  else if (idle !== undefined) {
    // headgate says what it makes of it.
    if (!forBinds) hasNoEffect(keyword.at, keyword.text, idle.why, context.problems);
    readArguments(idle.takes, new Cursor(statement, 1, context), context.problems);
  } else if (
    GLOBAL_NOT_YET.includes(keyword.text) ||
    GLOBAL_NOT_YET_PREFIXES.some((prefix) => keyword.text.startsWith(prefix))
  ) {
    context.problems.error(keyword.at, notSupported(keyword.text));
  } else unknown(keyword, "keyword '%' in 'global'", GLOBAL_WORDS, context);
}

/** HAProxy knows `no` before a few words of `global`, none of which has an effect here. */
function negateGlobal(statement: Statement, first: Word, word: Word, context: Context): void {
  const idle = lookup(GLOBAL_WITHOUT_EFFECT, word.text);
  if (first.text === 'no' && GLOBAL_NEGATED.includes(word.text) && idle !== undefined) {
    hasNoEffect(word.at, `no ${word.text}`, idle.why, context.problems);
    readArguments(idle.takes, new Cursor(statement, 2, context), context.problems);
  } else if (first.text === 'no')
    context.problems.error(
      word.at,
      `'${word.text}' cannot be negated: in 'global' that is for ${GLOBAL_NEGATED.join(', ')}`,
    );
  else context.problems.error(first.at, "'default' cannot stand before a keyword of 'global'");
}

/** Finds the directive for a proxy statement, checks that it is allowed there, and parses its arguments. */
export function applyProxy(statement: Statement, draft: ProxyDraft, context: Context): void {
  const [first, second] = statement.words;
  if (first.text === 'no' && second !== undefined)
    negate({ words: [second, ...statement.words.slice(2)] }, draft, context);
  else if (first.text === 'default' && second?.text === 'option')
    // What they do without a line is nothing: the same as after 'no'.
    negate({ words: [second, ...statement.words.slice(2)] }, draft, context);
  else if (first.text === 'default' && second !== undefined)
    context.problems.error(first.at, "'default' can stand before 'option' alone");
  else {
    const found = find(statement, draft, context);
    if (found === undefined) return;
    if (!belongs(found, draft, context)) return readMisplaced(statement, found, draft, context);
    const bytes = draft.kind !== 'defaults' && draft.scope.requestPhase === phases.stream;
    if (bytes && !draft.scope.switches && HTTP_ONLY.has(found.name)) {
      hasNoEffect(found.at, found.name, WHY_NOT_HTTP, context.problems);
      readUnused(statement, found, draft, context);
    } else found.directive.apply(new Cursor(statement, found.length, context), draft, context);
  }
}

/** Whether a statement of `defaults` applies to a proxy of this kind. */
export function fits(statement: Statement, kind: string): boolean {
  const words = statement.words[0].text === 'no' ? statement.words.slice(1) : statement.words;
  const [keyword, name] = words.map(({ text }) => text);
  if (keyword === 'timeout' && name !== undefined) return timeoutFits(name, kind);
  const directive =
    keyword === 'option'
      ? lookup<ProxyDirective>(OPTIONS, name ?? '')
      : lookup<ProxyDirective>(PROXY_DIRECTIVES, keyword ?? '');
  return directive === undefined || directive.sections.some((section) => section === kind);
}

interface Found {
  readonly directive: ProxyDirective;
  /** The keyword as written, `option httplog` for example, and how many words it has. */
  readonly name: string;
  readonly at: Word['at'];
  readonly length: number;
}

function find(statement: Statement, draft: ProxyDraft, context: Context): Found | undefined {
  const [keyword, option] = statement.words;
  if (keyword.text === 'option') return findOption(statement, keyword, option, context);
  const directive = lookup<ProxyDirective>(PROXY_DIRECTIVES, keyword.text);
  if (directive !== undefined) return { directive, name: keyword.text, at: keyword.at, length: 1 };
  const gone = goneBy(statement, keyword.text);
  const idle = lookup(PROXY_WITHOUT_EFFECT, keyword.text);
  if (gone !== undefined) context.problems.error(keyword.at, gone);
  else if (idle !== undefined) {
    hasNoEffect(keyword.at, keyword.text, idle.why, context.problems);
    readArguments(idle.takes, new Cursor(statement, 1, context), context.problems);
  } else if (PROXY_NOT_YET.includes(keyword.text)) context.problems.error(keyword.at, notSupported(keyword.text));
  else if (GLOBAL_WORDS.includes(keyword.text))
    context.problems.error(keyword.at, `'${keyword.text}' belongs in 'global', not in '${draft.kind}'`);
  else if (Object.hasOwn(OPTIONS, keyword.text))
    context.problems.error(
      keyword.at,
      `unknown keyword '${keyword.text}' in '${draft.kind}'`,
      `option ${keyword.text}`,
    );
  else if (Object.hasOwn(SERVER_PARAMETERS, keyword.text))
    context.problems.error(
      keyword.at,
      `'${keyword.text}' is a parameter of servers: write it after their addresses, or in 'default-server'`,
    );
  else
    unknown(
      keyword,
      `keyword '%' in '${draft.kind}'`,
      [...Object.keys(PROXY_DIRECTIVES), 'option', ...PROXY_NOT_YET],
      context,
    );
  return undefined;
}

/** What to write instead of a statement that HAProxy removed: the very line, or the successor of its keyword. */
function goneBy(statement: Statement, name: string): string | undefined {
  const line = successorOf(statement);
  return line === undefined ? removed(name) : `'${name}' was removed from HAProxy; write '${textOf(line)}'`;
}

function findOption(
  statement: Statement,
  keyword: Word,
  option: Word | undefined,
  context: Context,
): Found | undefined {
  if (option === undefined) {
    context.problems.error(keyword.at, "'option' needs a name");
    return undefined;
  }
  const directive = lookup<ProxyDirective>(OPTIONS, option.text);
  if (directive !== undefined) return { directive, name: `option ${option.text}`, at: option.at, length: 2 };
  const gone = goneBy(statement, `option ${option.text}`);
  const idle = lookup(OPTIONS_WITHOUT_EFFECT, option.text);
  if (gone !== undefined) context.problems.error(option.at, gone);
  else if (idle !== undefined) {
    hasNoEffect(option.at, `option ${option.text}`, idle.why, context.problems);
    readArguments(idle.takes, new Cursor(statement, 2, context), context.problems);
  } else if (OPTIONS_NOT_YET.includes(option.text))
    context.problems.error(option.at, notSupported(`option ${option.text}`));
  else {
    const known = [...Object.keys(OPTIONS), ...Object.keys(OPTIONS_WITHOUT_EFFECT), ...OPTIONS_NOT_YET];
    unknown(option, "option '%'", known, context);
  }
  return undefined;
}

function belongs({ directive, name, at }: Found, draft: ProxyDraft, { problems }: Context): boolean {
  if (directive.sections.includes(draft.kind)) return true;
  const where = `it belongs in ${directive.sections.join(', ')}`;
  if (draft.kind === 'defaults' && directive.strict === true)
    problems.error(at, `not supported yet: '${name}' in 'defaults'; ${where}`);
  else if (draft.kind === 'defaults' || directive.strict === true)
    problems.error(at, `'${name}' is not allowed in '${draft.kind}'; ${where}`);
  else problems.warning(at, `'${name}' has no effect in '${draft.kind}'; ${where}`);
  return false;
}

/** A line where it has no effect. */
function readMisplaced(statement: Statement, found: Found, draft: ProxyDraft, context: Context): void {
  const { strict, skipped } = found.directive;
  if (draft.kind === 'defaults' || strict === true || skipped === true) return;
  const { useServers, settings } = readUnused(statement, found, draft, context);
  if (found.name === 'default_backend' && settings.defaultBackend !== undefined)
    draft.idleBackend = settings.defaultBackend;
  for (const { rule, name } of useServers)
    if (rule.made === undefined)
      context.problems.error(name.at, `a ${draft.kind} has no servers: there is no '${rule.server}'`);
}

/** As HAProxy does: mistakes in a line that has no effect are mistakes. Returns what it would have set, which nothing uses. */
function readUnused(
  statement: Statement,
  { directive, length }: Found,
  draft: ProxyDraft,
  context: Context,
): ProxyDraft {
  const captures: CaptureDraft = { request: [], response: [], wanted: [], cookie: undefined };
  const unused: ProxyDraft = { ...draft, ...emptyLists(), captures, settings: inherit(draft.settings) };
  directive.apply(new Cursor(statement, length, context), unused, context);
  return unused;
}

function negate(statement: Statement, draft: ProxyDraft, context: Context): void {
  const [keyword] = statement.words;
  if (Object.hasOwn(PROXY_WITHOUT_EFFECT, keyword.text)) {
    context.problems.error(keyword.at, `'${keyword.text}' cannot be negated`);
    return;
  }
  const found = find(statement, draft, context);
  if (found === undefined || !belongs(found, draft, context)) return;
  if (found.directive.negate === undefined) context.problems.error(found.at, `'${found.name}' cannot be negated`);
  else {
    found.directive.negate(draft);
    new Cursor(statement, found.length, context).end();
  }
}

function lookup<Value>(table: Readonly<Record<string, Value>>, word: string): Value | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}

function unknown(word: Word, what: string, known: readonly string[], { problems }: Context): void {
  problems.error(word.at, `unknown ${what.replace('%', () => word.text)}`, nearest(word.text, known));
}
