import type { Word } from '@headgate/shared/config/raw';
import { isMethod, isOriginForm } from '../../http/request-head.ts';
import { compileFormat } from '../../sample/format.ts';
import { expansionOf } from '../expansion.ts';
import { conditionOf, editing, operands } from '../action.ts';
import type { Action, ActionContext } from '../action.ts';
import { compiledRegex } from './headers.ts';

/** A part of a request target: reads it, and returns the target with it replaced. */
interface Part {
  readonly of: (target: string) => string;
  readonly set: (target: string, value: string) => string;
  /** Why a configured value is invalid; undefined when it is valid. */
  readonly problem: (value: string) => string | undefined;
}

/** `scheme://authority` before a path. */
const ORIGIN = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/;

function originOf(target: string): string {
  return ORIGIN.exec(target)?.[0] ?? '';
}

function pathq(target: string): string {
  return target.slice(originOf(target).length);
}

/**
 * A target whose path a rule has emptied, as one that strips `/api` from `/api` does: its path is `/` (RFC 9112 §3.2.1). HAProxy sends a request
 * line without a target, which servers refuse.
 */
function rooted(target: string): string {
  return target === '' || target.startsWith('?') ? `/${target}` : target;
}

function needsPath(value: string): string | undefined {
  if (isOriginForm(value)) return undefined;
  return `'${value}' is not a path: it begins with / and has neither blanks, # nor characters beyond ASCII`;
}

// As HAProxy's http_replace_req_path, http_replace_req_query, http_replace_req_uri. An absolute target loses its origin, which
// Host repeats: the server receives a path.
const path: Part = {
  of: (target) => pathq(target).replace(/\?.*$/s, ''),
  set: (target, value) => value + pathq(target).slice(path.of(target).length),
  problem: needsPath,
};
const pathAndQuery: Part = { of: pathq, set: (_target, value) => value, problem: needsPath };
const uri: Part = {
  of: (target) => target,
  set: (_target, value) => value,
  problem: (value) =>
    ORIGIN.test(value)
      ? `not supported: a URI with a host, '${value}'; write its path here and its host with 'set-header Host'`
      : needsPath(value),
};
const query: Part = {
  of: () => '',
  set(target, value) {
    const whole = pathq(target);
    const mark = whole.indexOf('?');
    // A target without a query stays without one; an existing query that becomes empty keeps its `?`.
    if (mark < 0) return value === '' ? whole : `${whole}?${value}`;
    return whole.slice(0, mark + 1) + value;
  },
  problem: (value) =>
    isOriginForm(`/${value}`)
      ? undefined
      : `'${value}' is not a query: it has neither blanks, # nor characters beyond ASCII`,
};

function setting(part: Part): Action {
  return {
    compile: (keyword, words, context) => {
      const [text] = operands(keyword, words, ['format'], context) ?? [];
      if (text === undefined) return undefined;
      const format = compileFormat(text, context);
      const condition = conditionOf(keyword, words.slice(1), context);
      if (format === undefined || condition === undefined) return undefined;
      const problem = format.constant === undefined ? undefined : part.problem(format.constant);
      if (problem !== undefined) {
        context.problems.error(text.at, problem);
        return undefined;
      }
      const act = editing(context.phase, (edits, on) => {
        const { target } = on.request;
        const changed = rooted(part.set(target, format.render(on)));
        // `*` is no path: it can only be set to itself.
        return changed === target || edits.setTarget(changed);
      });
      return { act, reads: ['target', ...format.reads], condition };
    },
  };
}

/** `set-path FMT`: the path, the query stays. */
export const setPath = setting(path);
/** `set-pathq FMT`: path and query. */
export const setPathq = setting(pathAndQuery);
/** `set-query FMT`: the part after the question mark. */
export const setQuery = setting(query);
/** `set-uri FMT`: the complete target. */
export const setUri = setting(uri);

function replacing(part: Part): Action {
  return {
    compile(keyword, words, context) {
      const [pattern, text] = operands(keyword, words, ['regex', 'format'], context) ?? [];
      if (pattern === undefined || text === undefined) return undefined;
      const regex = compiledRegex(pattern, context.problems);
      const format = compileFormat(text, context);
      const condition = conditionOf(keyword, words.slice(2), context);
      if (regex === undefined || format === undefined || condition === undefined) return undefined;
      const expand = expansionOf(format);
      const act = editing(context.phase, (edits, on) => {
        const { target } = on.request;
        const found = part.of(target);
        const captured = found === '' ? undefined : regex.match(found);
        return captured === undefined || edits.setTarget(rooted(part.set(target, expand(on)(found, captured))));
      });
      return { act, reads: ['target', ...format.reads], condition };
    },
  };
}

/** `replace-path REGEX FMT`: a path that matches becomes the format, `\1` being what the first group captured. */
export const replacePath = replacing(path);
export const replacePathq = replacing(pathAndQuery);
export const replaceUri = replacing(uri);

/** `set-method FMT`. HEAD and CONNECT change how responses are framed: a rule cannot set or replace them. */
export const setMethod: Action = {
  compile(keyword, words, context) {
    const [text] = operands(keyword, words, ['format'], context) ?? [];
    if (text === undefined) return undefined;
    const format = compileFormat(text, context);
    const condition = conditionOf(keyword, words.slice(1), context);
    if (format === undefined || condition === undefined) return undefined;
    const { constant } = format;
    if (constant !== undefined && !soundMethod(text, constant, context.problems)) return undefined;
    return {
      act: editing(context.phase, (edits, on) => edits.setMethod(format.render(on))),
      reads: format.reads,
      condition,
    };
  },
};

function soundMethod(at: Word, method: string, problems: ActionContext['problems']): boolean {
  if (!isMethod(method)) problems.error(at.at, `'${method}' is not a method in capitals`);
  else if (method === 'HEAD' || method === 'CONNECT')
    problems.error(
      at.at,
      `not supported: 'set-method ${method}'; its answers have no body, and the client waits for one`,
    );
  else return true;
  return false;
}
