import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { ExpressionContext } from '../sample/expression.ts';
import { compileFormat } from '../sample/format.ts';
import { phases } from '../sample/phase.ts';
import { pathAndQuery } from '../sample/target.ts';
import { bytesOf } from '../sample/value.ts';
import type { Answer } from '../model/answer.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { RequestOutcome } from '../model/outcome.ts';
import { isNothing } from './action.ts';
import type { RequestFacts } from '../model/facts.ts';
import type { Read } from '../model/values.ts';
import { headerSafe, targetSafe } from './header-safe.ts';

const REASONS = {
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
} as const;
type Code = keyof typeof REASONS;
/** Temporary redirects carry `Cache-Control: no-cache`; as in HAProxy, 301 and 308 do not. */
const NO_CACHE: ReadonlySet<Code> = new Set([302, 303, 307]);
/** Reads that the location depends on, and those that show whether the request has a body. */
const READS: readonly Read[] = ['target', 'header:host', 'header:content-length', 'header:transfer-encoding'];
const KINDS = ['location', 'prefix', 'scheme'] as const;
type Kind = (typeof KINDS)[number];
const OPTIONS = [
  ...KINDS,
  'code',
  'drop-query',
  'append-slash',
  'ignore-empty',
  'set-cookie',
  'clear-cookie',
  'if',
  'unless',
];

interface Redirect {
  readonly kind: Kind;
  readonly to: (on: Evaluation) => string;
  readonly code: Code;
  readonly dropQuery: boolean;
  readonly appendSlash: boolean;
  readonly cookie: string | undefined;
}

/** The values of `redirect` are literal text, those of `http-request redirect` are formats. */
export interface RedirectContext {
  readonly problems: Problems;
  readonly formats?: ExpressionContext;
}

/** A compiled redirect, and the remaining words, which are its condition. */
export interface CompiledRedirect {
  readonly act: (on: Evaluation) => RequestOutcome;
  readonly reads: readonly Read[];
  readonly condition: readonly Word[];
}

/**
 * Compiles the words after `redirect` or `http-request redirect`: `location|prefix|scheme TO`, `code N` (default 302),
 * `drop-query`, `append-slash`, `ignore-empty`, `set-cookie NAME[=VALUE]`, `clear-cookie NAME[=]`, in any order, then the condition.
 */
export function parseRedirect(
  keyword: Word,
  words: readonly Word[],
  context: RedirectContext,
): CompiledRedirect | undefined {
  const { problems } = context;
  let kind: Kind | undefined;
  let to: Word = keyword;
  let code: Code = 302;
  let cookie: string | undefined;
  const flags = new Set<string>();
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined || word.text === 'if' || word.text === 'unless' || isNothing(words.slice(index))) break;
    if (word.text === 'drop-query' || word.text === 'append-slash' || word.text === 'ignore-empty') {
      flags.add(word.text);
      continue;
    }
    if (!OPTIONS.includes(word.text)) {
      problems.error(word.at, `unknown word '${word.text}' in a redirect`, nearest(word.text, OPTIONS));
      return undefined;
    }
    index += 1;
    const value = words[index];
    if (value === undefined || value.text === '') {
      problems.error((value ?? word).at, `'${word.text}' needs a value`);
      return undefined;
    }
    if (isKind(word.text)) {
      kind = word.text;
      to = value;
    } else if (word.text === 'code') {
      const found = codeOf(value.text);
      if (found === undefined) {
        problems.error(value.at, `'${value.text}' is not a redirect code: one of ${Object.keys(REASONS).join(', ')}`);
        return undefined;
      }
      code = found;
    } else cookie = cookieOf(word.text, value.text);
  }
  if (kind === undefined) {
    problems.error(keyword.at, "a redirect needs one of 'location', 'prefix' and 'scheme'");
    return undefined;
  }
  if (kind !== 'location' && context.formats?.phase === phases.response) {
    problems.error(keyword.at, `a rule on responses can redirect to a 'location', not to a '${kind}'`);
    return undefined;
  }
  const format = context.formats === undefined ? undefined : compileFormat(to, context.formats);
  if (context.formats !== undefined && format === undefined) return undefined;
  const text = format?.constant ?? (format === undefined ? bytesOf(to.text) : undefined);
  const redirect = {
    kind,
    to: text === undefined ? (on: Evaluation) => format?.render(on) ?? '' : () => text,
    code,
    dropQuery: flags.has('drop-query'),
    appendSlash: flags.has('append-slash'),
    cookie,
  };
  // As in HAProxy: for a location that is an expression, a map without the path for example.
  const ignoresEmpty = flags.has('ignore-empty') && kind === 'location' && format !== undefined;
  return {
    act: (on) => {
      const location = locationOf(redirect, on);
      if (location === '' && ignoresEmpty) return { kind: 'continue' };
      return { kind: 'respond', answer: redirectAnswer(redirect, location, on), state: 'L' };
    },
    reads: [...READS, ...(format?.reads ?? [])],
    condition: words.slice(index),
  };
}

function isKind(text: string): text is Kind {
  return KINDS.some((kind) => kind === text);
}

function codeOf(text: string): Code | undefined {
  const codes = [301, 302, 303, 307, 308] as const;
  return codes.find((code) => String(code) === text);
}

/** HAProxy's form, with the `;` at the end. */
function cookieOf(option: string, value: string): string {
  if (option === 'set-cookie') return `${value}; path=/;`;
  return `${value.endsWith('=') ? value : `${value}=`}; path=/; Max-Age=0;`;
}

function redirectAnswer(redirect: Redirect, location: string, on: Evaluation): Answer {
  const headers: [string, string][] = [['location', location]];
  if (NO_CACHE.has(redirect.code)) headers.push(['cache-control', 'no-cache']);
  if (redirect.cookie !== undefined) headers.push(['set-cookie', bytesOf(headerSafe(redirect.cookie))]);
  // Like HAProxy, close instead of reading a body only to redirect its request; a server that has answered has read it.
  const close = on.response === undefined && hasBody(on.request);
  return { status: redirect.code, reason: REASONS[redirect.code], headers, body: '', close };
}

function hasBody(facts: RequestFacts): boolean {
  return (
    facts.header('transfer-encoding').length > 0 ||
    facts.header('content-length').some((length) => Number(length) !== 0)
  );
}

function locationOf({ kind, to: made, dropQuery, appendSlash }: Redirect, on: Evaluation): string {
  const to = made(on);
  const facts = on.request;
  if (kind === 'location') return headerSafe(to);
  const whole = pathAndQuery(facts.target) ?? '/';
  const question = whole.indexOf('?');
  const kept = dropQuery && question >= 0 ? whole.slice(0, question) : whole;
  const rest = targetSafe(appendSlash && !kept.endsWith('/') ? `${kept}/` : kept);
  if (kind === 'scheme') return `${headerSafe(to)}://${targetSafe(facts.header('host')[0] ?? '')}${rest}`;
  // `prefix /` adds nothing before the path; `//evil.example` would then name another host, so keep one slash.
  return to === '/' ? rest.replace(/^[/\\]+/, '/') : headerSafe(to) + rest;
}
