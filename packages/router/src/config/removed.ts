/**
 * Lines of HAProxy's that are no longer in HAProxy, as the lines that do the same today. What cannot be said in another word for word
 * is undefined here: its successor is named without arguments (model/vocabulary.ts).
 */
import type { Statement, Word } from '@headgate/shared/config/raw';

type Rewrite = (args: readonly string[]) => readonly string[] | undefined;

const same =
  (...words: readonly string[]): Rewrite =>
  (args) => [...words, ...args];

/** `reqadd "Name: value" [if …]`. */
function addHeader(rules: string): Rewrite {
  return ([header = '', ...condition]) => {
    const [, name, value] = /^([!-9;-~]+):[ \t]*(.*)$/s.exec(header) ?? [];
    if (name === undefined || value === undefined || value.includes('%')) return undefined;
    return [rules, 'add-header', name, value, ...condition];
  };
}

/** `reqdel ^Name:.*`: the complete header of this name. */
function delHeader(rules: string): Rewrite {
  return ([pattern = '', ...condition]) => {
    const [, name] = /^\^([\w-]+):(?:\.\*)?\$?$/.exec(pattern) ?? [];
    return name === undefined ? undefined : [rules, 'del-header', name, ...condition];
  };
}

/** The method and the blank after it, as patterns of request lines begin: its group is the first. */
const METHOD = /^\^\(\[\^\\?[ :\\]*\][*+]\)(?: |\\ )/;
/** The same without a group. */
const BARE_METHOD = /^\^\[\^\\?[ :\\]*\][*+](?: |\\ )/;
/** `^([^ ]* /)` and `^([^ ].*)`: the first group goes into the path. */
const [METHOD_SLASH, METHOD_PATH] = ['^([^ ]* /)', '^([^ ].*)'];

/** `reqrep SEARCH REPLACEMENT [if …]`: on the request line, or on a header. */
function replace(rules: string, ignoreCase: boolean): Rewrite {
  const flag = ignoreCase ? '(?i)' : '';
  return ([search = '', replacement = '', ...condition]) => {
    const [, name, value] = /^\^([\w-]+):(?: |\[ \]\*)?(.*)$/s.exec(search) ?? [];
    if (name !== undefined && value !== undefined) {
      const [, toName, toValue] = /^([\w-]+):[ \t]*(.*)$/s.exec(replacement) ?? [];
      if (toName?.toLowerCase() !== name.toLowerCase() || toValue === undefined) return undefined;
      return [rules, 'replace-header', name, `${flag}^${value}`, toValue.replaceAll('%', '%%'), ...condition];
    }
    const line = rules === 'http-request' ? onPath(search, replacement) : undefined;
    if (line === undefined) return undefined;
    return [rules, 'replace-pathq', `${flag}${line.search}`, line.replacement.replaceAll('%', '%%'), ...condition];
  };
}

/** A pattern of the request line as one of path and query, which the version of HTTP does not follow. */
function onPath(search: string, replacement: string): { search: string; replacement: string } | undefined {
  if (!/\(\.\*\)\$?$/.test(search)) return undefined;
  if (search.startsWith(METHOD_SLASH) && replacement.startsWith('\\1'))
    return { search: `^(/)${search.slice(METHOD_SLASH.length)}`, replacement };
  if (search.startsWith(METHOD_PATH) && replacement.startsWith('\\1'))
    return { search: `^(.*)${search.slice(METHOD_PATH.length)}`, replacement };
  const [method] = METHOD.exec(search) ?? [];
  if (method === undefined || !replacement.startsWith('\\1 ')) return undefined;
  // The group of the method is gone, so the others count one less.
  const rest = replacement.slice(3);
  if (/\\[01]/.test(rest)) return undefined;
  return {
    search: `^${search.slice(method.length)}`,
    replacement: rest.replaceAll(/\\(\d)/g, (_, group: string) => `\\${Number(group) - 1}`),
  };
}

/** `reqdeny PATTERN [if …]`: where the pattern is one of a header, or of the path. */
function judge(action: string, ignoreCase: boolean): Rewrite {
  const flag = ignoreCase ? ['-i'] : [];
  return ([pattern = '', ...condition]) => {
    if (condition.length > 0) return undefined;
    const [, name, value] = /^\^([\w-]+):(?: |\.\*)?(.*)$/s.exec(pattern) ?? [];
    if (name !== undefined && value !== undefined)
      return ['http-request', action, 'if', '{', `hdr_reg(${name})`, ...flag, value === '' ? '.' : value, '}'];
    const [method] = METHOD.exec(pattern) ?? BARE_METHOD.exec(pattern) ?? [];
    if (method === undefined) return undefined;
    const path = pattern.slice(method.length);
    return ['http-request', action, 'if', '{', 'path_reg', ...flag, `^${path}`, '}'];
  };
}

const REWRITES: Readonly<Record<string, Rewrite>> = {
  block: same('http-request', 'deny'),
  clitimeout: same('timeout', 'client'),
  contimeout: same('timeout', 'connect'),
  srvtimeout: same('timeout', 'server'),
  redispatch: same('option', 'redispatch'),
  reqadd: addHeader('http-request'),
  rspadd: addHeader('http-response'),
  reqdel: delHeader('http-request'),
  reqidel: delHeader('http-request'),
  rspdel: delHeader('http-response'),
  rspidel: delHeader('http-response'),
  reqrep: replace('http-request', false),
  reqirep: replace('http-request', true),
  rsprep: replace('http-response', false),
  rspirep: replace('http-response', true),
  reqdeny: judge('deny', false),
  reqideny: judge('deny', true),
  reqallow: judge('allow', false),
  reqiallow: judge('allow', true),
  reqpass: judge('allow', false),
  reqipass: judge('allow', true),
  reqtarpit: judge('tarpit', false),
  reqitarpit: judge('tarpit', true),
  'option forceclose': same('option', 'httpclose'),
  'option http-tunnel': same('option', 'http-keep-alive'),
};

/** The statement that does today what a removed one did; undefined for any other, and where its arguments have no counterpart. */
export function successorOf(statement: Statement): Statement | undefined {
  const texts = statement.words.map(({ text }) => text);
  const length = texts[0] === 'option' ? 2 : 1;
  const name = texts.slice(0, length).join(' ');
  const rewrite = Object.hasOwn(REWRITES, name) ? REWRITES[name] : undefined;
  const [first, ...rest] = rewrite?.(texts.slice(length)) ?? [];
  if (first === undefined) return undefined;
  // Words that stay keep their place: durations and variables are known by it.
  const { at } = statement.words[0];
  const word = (text: string): Word => statement.words.slice(length).find((one) => one.text === text) ?? { text, at };
  return { words: [{ text: first, at }, ...rest.map(word)] };
}
