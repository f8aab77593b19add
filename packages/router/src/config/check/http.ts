import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Cursor } from '@headgate/shared/config/cursor';
import { expectResponse } from '../../checks/expect-http.ts';
import type { CheckRequest, Made } from '../../checks/request.ts';
import type { ExpressionContext } from '../../sample/expression.ts';
import { compileFormat } from '../../sample/format.ts';
import type { CheckLine, HttpCheckLines, ProxyDraft } from '../draft.ts';
import { readConnect } from './connect.ts';
import { readExpect } from './expect.ts';
import { readHttpPattern } from './http-pattern.ts';
import { readVariableStep } from './variable.ts';
import { TOKEN } from '../../http/token.ts';

/**
 * The lines of this section so far. HAProxy keeps one list per section, so a section's first own line drops
 * those of its `defaults`; only the fact that checks are HTTP is inherited.
 */
function own({ at: section, settings }: ProxyDraft, at: Position): HttpCheckLines {
  const { httpCheck } = settings;
  return httpCheck?.section === section ? httpCheck : { section, at, request: undefined, lines: [] };
}

function add(draft: ProxyDraft, at: Position, ...lines: readonly CheckLine[]): void {
  const rules = own(draft, at);
  draft.settings.httpCheck = { ...rules, lines: [...rules.lines, ...lines] };
}

/**
 * `option httpchk [METHOD] [URI [VERSION]]`; a lone argument is the URI. Without arguments: `OPTIONS / HTTP/1.0`.
 * It replaces an `option httpchk` above it and completes the first `http-check send`.
 */
export function readHttpchk(cursor: Cursor, draft: ProxyDraft, problems: Problems): void {
  const rules = own(draft, cursor.at);
  const words = [cursor.next(), cursor.next(), cursor.next()].filter((word) => word !== undefined);
  const [method, uri, version] = words.length === 1 ? [undefined, words[0]] : words;
  const given: Partial<CheckRequest> = {
    ...readMethod(method, problems),
    ...readUri(uri, problems),
    ...(version === undefined ? {} : readVersion(version, problems)),
  };
  draft.settings.checkKind = { kind: 'httpchk' };
  const first = rules.lines.find(({ step }) => step.kind === 'request');
  const completed = rules.lines.map((line): CheckLine =>
    line === first && line.step.kind === 'request'
      ? { ...line, step: { kind: 'request', request: { ...line.step.request, ...given } } }
      : line,
  );
  draft.settings.httpCheck = { ...rules, request: given, lines: completed };
}

/** Reads one `http-check` line. */
export function readHttpCheck(cursor: Cursor, draft: ProxyDraft, context: ExpressionContext): void {
  const { at } = cursor;
  const variable = readVariableStep(cursor, context);
  if (variable !== undefined) {
    if (variable !== 'invalid') add(draft, at, variable);
    return;
  }
  const step = cursor.choice('step', ['send', 'expect', 'connect', 'comment', 'disable-on-404', 'send-state']);
  if (step === 'send') readSend(cursor, draft, context);
  else if (step === 'expect') readHttpExpect(cursor, draft, context);
  else if (step === 'connect') {
    const connect = readConnect(cursor, context);
    if (connect !== undefined) add(draft, at, connect);
  } else if (step === 'comment') {
    const comment = cursor.need('a comment');
    if (comment !== undefined) add(draft, at, { step: { kind: 'comment' }, comment: comment.text });
  } else if (step === 'disable-on-404') draft.settings.disableOn404 = true;
  else if (step === 'send-state') draft.settings.sendState = true;
  if (step !== undefined) cursor.end();
}

/** `http-check send [meth M] [uri U | uri-lf F] [ver V] [hdr NAME FORMAT]… [body TEXT | body-lf F] [comment TEXT]`. */
function readSend(cursor: Cursor, draft: ProxyDraft, context: ExpressionContext): void {
  const { problems } = context;
  const { at } = cursor;
  const rules = own(draft, at);
  const isFirst = !rules.lines.some(({ step }) => step.kind === 'request');
  let send: Partial<CheckRequest> = isFirst ? { ...rules.request } : {};
  let comment: string | undefined;
  // Its own headers replace those of the option's old form.
  const headers: CheckRequest['headers'][number][] = [];
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    const value = cursor.need('a value');
    if (value === undefined) return;
    if (word.text === 'meth') send = { ...send, ...readMethod(value, problems) };
    else if (word.text === 'uri') send = { ...send, ...readUri(value, problems) };
    else if (word.text === 'uri-lf') send = { ...send, ...madeOf('uri', value, context) };
    else if (word.text === 'ver') send = { ...send, ...readVersion(value, problems) };
    else if (word.text === 'body') send = { ...send, ...readBody(value, problems) };
    else if (word.text === 'body-lf') send = { ...send, ...madeOf('body', value, context) };
    else if (word.text === 'comment') comment = value.text;
    else if (word.text === 'hdr') {
      const content = cursor.need('the value of the header');
      if (content !== undefined) headers.push(...header(value, content, problems, context));
    } else {
      problems.error(
        word.at,
        `unexpected '${word.text}' in 'http-check send'`,
        nearest(word.text, ['meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body', 'body-lf', 'comment']),
      );
      return;
    }
  }
  if (headers.length > 0) send = { ...send, headers };
  add(draft, at, { step: { kind: 'request', request: send }, comment });
}

const HTTP_MATCHES = ['status', 'rstatus', 'hdr', 'fhdr', 'string', 'rstring', 'string-lf'];

/** `http-check expect [OPTIONS] [!] status CODES | rstatus REGEX | hdr … | fhdr … | string TEXT | rstring REGEX | string-lf FORMAT`. */
function readHttpExpect(cursor: Cursor, draft: ProxyDraft, context: ExpressionContext): void {
  const { at } = cursor;
  const read = readExpect(cursor, HTTP_MATCHES, context, (match) => readHttpPattern(match, cursor, context));
  if (read !== undefined) add(draft, at, { step: expectResponse(read.pattern, read.options), comment: read.comment });
}

/**
 * A section whose only lines are `http-check expect`: HAProxy 2.6 then sends no request at all and every server goes down.
 * That is never intended, so the request of the defaults is kept, with a warning.
 */
export function keepRequest(inherited: HttpCheckLines | undefined, draft: ProxyDraft, problems: Problems): void {
  const { at, name, settings } = draft;
  const { httpCheck } = settings;
  const hasRequest = (rules: HttpCheckLines): boolean =>
    rules.request !== undefined || rules.lines.some(({ step }) => step.kind === 'request');
  if (httpCheck === undefined || httpCheck.section !== at || hasRequest(httpCheck)) return;
  if (!httpCheck.lines.some(({ step }) => step.kind === 'expect')) return;
  if (inherited === undefined || !hasRequest(inherited)) return;
  problems.warning(
    httpCheck.at,
    `'${name}' keeps the request of its defaults; HAProxy sends none when 'http-check expect' is the only line: repeat 'option httpchk' here`,
  );
  const first = inherited.lines.find(({ step }) => step.kind === 'request')?.step;
  settings.httpCheck = { ...httpCheck, request: first?.kind === 'request' ? first.request : inherited.request };
}

/** A part of the request that is made for each check. */
function madeOf(part: 'uri' | 'body', word: Word, context: ExpressionContext): Partial<CheckRequest> {
  const format = compileFormat(word, context);
  return format === undefined ? {} : { [part]: format.constant ?? format.render };
}

function readMethod(word: Word | undefined, problems: Problems): Partial<CheckRequest> {
  if (word === undefined) return {};
  if (!TOKEN.test(word.text)) problems.error(word.at, `'${word.text}' is not a method`);
  return { method: word.text };
}

/** A fragment is never sent. */
function readUri(word: Word | undefined, problems: Problems): Partial<CheckRequest> {
  if (word === undefined) return {};
  if (!/^[\x21-\x7e]+$/.test(word.text)) problems.error(word.at, `'${word.text}' cannot be sent as a URI`);
  return { uri: word.text.replace(/#.*$/, '') };
}

function readBody(word: Word, problems: Problems): Partial<CheckRequest> {
  // oxlint-disable-next-line no-control-regex -- line ends and tabs are text
  if (!/^[\r\n\t\x20-\x7e]*$/.test(word.text))
    problems.error(word.at, 'the body of a check holds printable ASCII only');
  return { body: word.text };
}

/** `HTTP/1.1`, or the old spelling with headers and a body after it: `HTTP/1.1\r\nHost:\ www`. */
function readVersion(word: Word, problems: Problems): Partial<CheckRequest> {
  const [head = '', ...body] = word.text.split(/(?<=\n)\r?\n/);
  const [first = '', ...lines] = head.split(/\r?\n/).filter((line) => line !== '');
  const version = /^(?:HTTP\/)?(1\.[01])$/i.exec(first)?.[1];
  if (version !== '1.0' && version !== '1.1') {
    // HAProxy sends it as it is, and servers refuse that: the check is meant to have a version.
    const advice = `write HTTP/1.0, and 'http-check send hdr Host ${first}' if it is a host`;
    problems.warning(word.at, `'${first}' is not a version, and checks are sent in HTTP/1.0: ${advice}`);
    return {};
  }
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return header(
      { text: line.slice(0, Math.max(0, colon)), at: word.at },
      { text: line.slice(colon + 1).trim(), at: word.at },
      problems,
    );
  });
  const text = body.join('\n');
  return {
    version,
    ...(headers.length === 0 ? {} : { headers }),
    ...(text === '' ? {} : readBody({ text, at: word.at }, problems)),
  };
}

/** `Connection` is sent as given: a WebSocket-only server expects `Upgrade`. The length is computed here. */
function header(name: Word, value: Word, problems: Problems, context?: ExpressionContext): (readonly [string, Made])[] {
  const framing = ['content-length', 'transfer-encoding'].includes(name.text.toLowerCase());
  if (!TOKEN.test(name.text)) problems.error(name.at, `'${name.text}' is not the name of a header`);
  else if (framing)
    problems.warning(
      name.at,
      `the header '${name.text}' of a check is ignored: the length of its body is counted here`,
    );
  else if (!/^[\t\x20-\x7e]*$/.test(value.text)) problems.error(value.at, 'a header value holds printable ASCII only');
  else {
    const format = context && compileFormat(value, context);
    return [[name.text, format === undefined ? value.text : (format.constant ?? format.render)]];
  }
  return [];
}
