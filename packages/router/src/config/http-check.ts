import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Cursor } from '@headgate/shared/config/cursor';
import type { CheckRequest, CheckRules, ProxyDraft } from './draft.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const SEND_NOT_YET = ['body-lf', 'uri-lf', 'hdr-lf', 'comment'];
const EXPECT_NOT_YET = [
  'min-recv',
  'comment',
  'ok-status',
  'error-status',
  'tout-status',
  'on-success',
  'on-error',
  'status-code',
  'rstatus',
  'hdr',
  'fhdr',
  'string',
  'rstring',
  'string-lf',
];

/**
 * The lines of this section so far. HAProxy keeps one list per section, so a section's first own line drops
 * those of its `defaults`; only the fact that checks are HTTP is inherited.
 */
function own({ at: section, settings }: ProxyDraft, at: Position): CheckRules {
  const { check } = settings;
  if (check?.section === section) return check;
  const http = check?.http ?? false;
  return { section, at, http, request: undefined, sent: false, expect: undefined };
}

/**
 * `option httpchk [METHOD] [URI [VERSION]]`; a lone argument is the URI. Without arguments: `OPTIONS / HTTP/1.0`.
 * It replaces an `option httpchk` above it and completes an `http-check send`.
 */
export function readHttpchk(cursor: Cursor, draft: ProxyDraft, problems: Problems): void {
  const rules = own(draft, cursor.at);
  const words = [cursor.next(), cursor.next(), cursor.next()].filter((word) => word !== undefined);
  const [method, uri, version] = words.length === 1 ? [undefined, words[0]] : words;
  const given: CheckRequest = {
    ...readMethod(method, problems),
    ...readUri(uri, problems),
    ...(version === undefined ? {} : readVersion(version, problems)),
  };
  const request = rules.sent ? { ...rules.request, ...given } : given;
  draft.settings.check = { ...rules, http: true, request };
}

/** `http-check send [meth M] [uri U] [ver V] [hdr NAME VALUE]… [body TEXT]`: takes precedence over `option httpchk`. */
export function readCheckSend(cursor: Cursor, draft: ProxyDraft, problems: Problems): void {
  const rules = own(draft, cursor.at);
  if (rules.sent) problems.error(cursor.at, "a second 'http-check send' is not supported: checks send one request");
  let send: CheckRequest = {};
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    const value = cursor.need('a value');
    if (value === undefined) return;
    if (word.text === 'meth') send = { ...send, ...readMethod(value, problems) };
    else if (word.text === 'uri') send = { ...send, ...readUri(value, problems) };
    else if (word.text === 'ver') send = { ...send, ...readVersion(value, problems) };
    else if (word.text === 'body') send = { ...send, ...readBody(value, problems) };
    else if (word.text === 'hdr') {
      const content = cursor.need('the value of the header');
      if (content !== undefined)
        send = { ...send, headers: [...(send.headers ?? []), ...header(value, content, problems)] };
    } else {
      if (SEND_NOT_YET.includes(word.text))
        problems.error(word.at, `not supported yet: 'http-check send … ${word.text}'`);
      else
        problems.error(
          word.at,
          `unexpected '${word.text}' in 'http-check send'`,
          nearest(word.text, ['meth', 'uri', 'ver', 'hdr', 'body']),
        );
      return;
    }
  }
  draft.settings.check = { ...rules, request: { ...rules.request, ...send }, sent: true };
}

/** `http-check expect [!] status 200,300-399` */
export function readCheckExpect(cursor: Cursor, draft: ProxyDraft, problems: Problems): void {
  const { at } = cursor;
  const wanted = !cursor.accept('!');
  if (cursor.choice('thing to expect', ['status'], EXPECT_NOT_YET) === undefined) return;
  const word = cursor.need('a list of codes such as 200,300-399');
  cursor.end();
  if (word === undefined) return;
  const ranges = word.text.split(',').map((part) => /^(\d{3})(?:-(\d{3}))?$/.exec(part));
  if (ranges.includes(null)) {
    problems.error(word.at, `'${word.text}' is not a list of codes such as 200,300-399`);
    return;
  }
  const bounds = ranges.map((range) => [Number(range?.[1]), Number(range?.[2] ?? range?.[1])] as const);
  const expect = (status: number): boolean => bounds.some(([low, high]) => status >= low && status <= high) === wanted;
  draft.settings.check = { ...own(draft, at), expect };
}

/**
 * A section whose only line is `http-check expect`: HAProxy 2.6 then sends no request at all and every server goes down.
 * That is never intended, so the request of the defaults is kept, with a warning.
 */
export function keepRequest(inherited: CheckRules | undefined, draft: ProxyDraft, problems: Problems): void {
  const { at, name, settings } = draft;
  const { check } = settings;
  if (check === undefined || check.section !== at || check.request !== undefined || inherited?.request === undefined)
    return;
  problems.warning(
    check.at,
    `'${name}' keeps the request of its defaults; HAProxy sends none when 'http-check expect' is the only line: repeat 'option httpchk' here`,
  );
  settings.check = { ...check, request: inherited.request };
}

function readMethod(word: Word | undefined, problems: Problems): Pick<CheckRequest, 'method'> {
  if (word === undefined) return {};
  if (!TOKEN.test(word.text)) problems.error(word.at, `'${word.text}' is not a method`);
  return { method: word.text };
}

/** A fragment is never sent. */
function readUri(word: Word | undefined, problems: Problems): Pick<CheckRequest, 'uri'> {
  if (word === undefined) return {};
  if (!/^[\x21-\x7e]+$/.test(word.text)) problems.error(word.at, `'${word.text}' cannot be sent as a URI`);
  return { uri: word.text.replace(/#.*$/, '') };
}

function readBody(word: Word, problems: Problems): Pick<CheckRequest, 'body'> {
  // oxlint-disable-next-line no-control-regex -- line ends and tabs are text
  if (!/^[\r\n\t\x20-\x7e]*$/.test(word.text))
    problems.error(word.at, 'the body of a check holds printable ASCII only');
  return { body: word.text };
}

/** `HTTP/1.1`, or the old spelling with headers and a body after it: `HTTP/1.1\r\nHost:\ www`. */
function readVersion(word: Word, problems: Problems): CheckRequest {
  const [head = '', ...body] = word.text.split(/(?<=\n)\r?\n/);
  const [first = '', ...lines] = head.split(/\r?\n/).filter((line) => line !== '');
  const version = /^(?:HTTP\/)?(1\.[01])$/i.exec(first)?.[1];
  if (version !== '1.0' && version !== '1.1') {
    problems.error(word.at, `'${first}' is not a version`, nearest(first, ['HTTP/1.0', 'HTTP/1.1']));
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
function header(name: Word, value: Word, problems: Problems): (readonly [string, string])[] {
  const framing = ['content-length', 'transfer-encoding'].includes(name.text.toLowerCase());
  if (!TOKEN.test(name.text)) problems.error(name.at, `'${name.text}' is not the name of a header`);
  else if (framing)
    problems.warning(
      name.at,
      `the header '${name.text}' of a check is ignored: the length of its body is counted here`,
    );
  else if (!/^[\t\x20-\x7e]*$/.test(value.text)) problems.error(value.at, 'a header value holds printable ASCII only');
  else return [[name.text, value.text]];
  return [];
}
