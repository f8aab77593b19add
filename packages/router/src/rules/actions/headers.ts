import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Regex } from '@headgate/shared/regex/compile';
import { isHostValue } from '../../http/request-head.ts';
import { constantField, newField } from '../../http/new-field.ts';
import { idOfName } from '../../http/field-ids.ts';
import type { Edits } from '../../model/edits.ts';
import type { Evaluation } from '../../model/evaluation.ts';
import { compileFormat, type Format } from '../../sample/format.ts';
import { regexOf } from '../../sample/regex.ts';
import { phases } from '../../sample/phase.ts';
import { conditionOf, editing, goingOn, operands } from '../action.ts';
import type { Action, ActionContext } from '../action.ts';
import { expansionOf } from '../expansion.ts';
import { checkHeaderName, checkRemovedName, checkSoughtName, isPassedOver, isProtected } from '../header-name.ts';

/** `add-header NAME FMT`: adds a line, whether or not the header exists. Of Host there is one. */
export const addHeader: Action = {
  compile: (keyword, words, context) => writing(keyword, words, context, false),
};

/** `set-header NAME FMT`: replaces all lines of the name with one. */
export const setHeader: Action = {
  compile: (keyword, words, context) => writing(keyword, words, context, true),
};

/** `X-Name:` as it is written in a message, where HAProxy would send two colons. */
function withoutColon(name: Word, { problems }: ActionContext): Word {
  const found = /^(.+):$/.exec(name.text)?.[1];
  if (found === undefined) return name;
  problems.warning(name.at, `the header is '${found}': a colon is not part of its name; HAProxy would send it twice`);
  return { ...name, text: found };
}

/** The one field that a request cannot be without (RFC 9112 §3.2): two of them, or none, are different requests to different servers. */
function isHost(name: Word, { phase }: ActionContext): boolean {
  return phase === phases.request && name.text.toLowerCase() === 'host';
}

function writing(
  keyword: Word,
  words: readonly Word[],
  context: ActionContext,
  replaces: boolean,
): ReturnType<Action['compile']> {
  const [written, text] = operands(keyword, words, ['name', 'format'], context) ?? [];
  if (written === undefined || text === undefined) return undefined;
  const name = withoutColon(written, context);
  const idle = isPassedOver(name, context.problems);
  if (!idle && !checkHeaderName(name, context.problems)) return undefined;
  const host = isHost(name, context);
  if (host && keyword.text === 'add-header')
    context.problems.warning(name.at, 'a request has one Host: this replaces it; HAProxy sends two');
  const format = compileFormat(text, context);
  const condition = conditionOf(keyword, words.slice(2), context);
  if (format === undefined || condition === undefined) return undefined;
  if (host && format.constant !== undefined && !isHostValue(format.constant)) {
    context.problems.error(text.at, `'${format.constant}' is not a host, with or without a port`);
    return undefined;
  }
  if (idle) return { act: goingOn(() => undefined), reads: format.reads, condition };
  const change = changeOf(name.text, format, host, replaces || host);
  return { act: editing(context.phase, change), reads: format.reads, condition };
}

/** Writes the line that a rule makes for a head. Returns false where it cannot be sent. */
function changeOf(
  name: string,
  format: Format,
  host: boolean,
  replaces: boolean,
): (edits: Edits, on: Evaluation) => boolean {
  const { constant } = format;
  if (constant !== undefined) {
    const field = constantField(name, constant);
    return (edits) => field !== undefined && (replaces ? edits.place(field) : edits.append(field));
  }
  const lower = name.toLowerCase();
  const id = idOfName(lower);
  return (edits, on) => {
    const value = format.render(on);
    if (host && !isHostValue(value)) return false;
    const field = newField(name, lower, value, id);
    return field !== undefined && (replaces ? edits.place(field) : edits.append(field));
  };
}

const MATCHES = ['str', 'beg', 'end', 'sub', 'reg'];

/** `del-header NAME [-m str|beg|end|sub|reg]`: every line of the name, or of all names that match. */
export const delHeader: Action = {
  compile(keyword, words, context) {
    const { problems } = context;
    const [name] = operands(keyword, words, ['name'], context) ?? [];
    if (name === undefined) return undefined;
    const matched = words[1]?.text === '-m';
    const method = matched ? words[2] : undefined;
    if (matched && (method === undefined || !MATCHES.includes(method.text))) {
      const at = (method ?? words[1] ?? keyword).at;
      problems.error(at, `'-m' needs one of ${MATCHES.join(', ')}`, nearest(method?.text ?? '', MATCHES));
      return undefined;
    }
    const condition = conditionOf(keyword, words.slice(matched ? 3 : 1), context);
    const test = nameTest(name, method?.text ?? 'str', context);
    if (condition === undefined || test === undefined) return undefined;
    const removes = (one: string): boolean => one !== 'host' && !isProtected(one) && test(one);
    const lower = name.text.toLowerCase();
    const exact = method === undefined || method.text === 'str';
    const removed = removes(lower);
    const emptied = exact && isHost(name, context);
    if (emptied)
      problems.warning(name.at, 'a request has a Host: it is sent empty, unless a later rule gives it another value');
    const act = editing(context.phase, (edits) => {
      if (emptied) return edits.set(name.text, '');
      if (!exact) edits.removeWhere(removes);
      else if (removed) edits.remove(lower);
      return true;
    });
    return { act, reads: [], condition };
  },
};

/** Which lower-case names a word matches. As in HAProxy, names are compared case-insensitively, except by a regular expression. */
function nameTest(name: Word, method: string, { problems }: ActionContext): ((name: string) => boolean) | undefined {
  const lower = name.text.toLowerCase();
  switch (method) {
    case 'beg':
      return (one) => one.startsWith(lower);
    case 'end':
      return (one) => one.endsWith(lower);
    case 'sub':
      return (one) => one.includes(lower);
    case 'reg': {
      const regex = compiledRegex(name, problems);
      return regex === undefined ? undefined : (one) => regex.test(one);
    }
    default:
      return checkRemovedName(name, problems) ? (one) => one === lower : undefined;
  }
}

/** `replace-header NAME REGEX FMT`: a line that matches becomes the format, `\1` being what the first group captured. */
export const replaceHeader: Action = {
  compile: (keyword, words, context) => replacing(keyword, words, context, (value, change) => change(value)),
};

/** `replace-value NAME REGEX FMT`: like replace-header, for each item of a comma-separated line. */
export const replaceValue: Action = {
  compile: (keyword, words, context) =>
    replacing(keyword, words, context, (value, change) => {
      let changed = false;
      const items = splitItems(value).map((item) => {
        // As in HAProxy, a replaced item loses the blanks around it.
        const made = change(item.replaceAll(/^[ \t]+|[ \t]+$/g, ''));
        changed ||= made !== undefined;
        return made ?? item;
      });
      return changed ? items.join(',') : undefined;
    }),
};

/** The items of a list: a comma in a quoted string does not separate (RFC 9110 §5.6.4). */
function splitItems(value: string): readonly string[] {
  return value.match(/(?:"(?:[^"\\]|\\.)*"?|[^,"])+|(?<=^|,)(?=,|$)/gs) ?? [''];
}

function replacing(
  keyword: Word,
  words: readonly Word[],
  context: ActionContext,
  replaced: (value: string, change: (text: string) => string | undefined) => string | undefined,
): ReturnType<Action['compile']> {
  const [name, pattern, text] = operands(keyword, words, ['name', 'regex', 'format'], context) ?? [];
  if (name === undefined || pattern === undefined || text === undefined) return undefined;
  const named = checkSoughtName(name, context.problems);
  const regex = compiledRegex(pattern, context.problems);
  const format = compileFormat(text, context);
  const condition = conditionOf(keyword, words.slice(3), context);
  if (!named || regex === undefined || format === undefined || condition === undefined) return undefined;
  const lower = name.text.toLowerCase();
  const expand = expansionOf(format);
  const allowed = (value: string | undefined): boolean => value === undefined || lower !== 'host' || isHostValue(value);
  const act = editing(context.phase, (edits, on) => {
    let sound = true;
    const done = edits.replace(lower, (value) => {
      const made = replaced(value, (part) => {
        const captured = regex.match(part);
        return captured === undefined ? undefined : expand(on)(part, captured);
      });
      if (allowed(made)) return made;
      sound = false;
      return undefined;
    });
    return done && sound;
  });
  return { act, reads: [...format.reads, `header:${lower}`], condition };
}

/** The regular expression of an action; reports what is wrong with it. */
export function compiledRegex(pattern: Word, problems: ActionContext['problems']): Regex | undefined {
  const compiled = regexOf(pattern.text, false);
  if (compiled.regex !== undefined) return compiled.regex;
  for (const problem of compiled.problems) problems.error(pattern.at, problem);
  return undefined;
}
