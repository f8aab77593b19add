import type { Problems } from '@headgate/shared/config/problem';
import type { Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Cursor } from './cursor.ts';
import type { CheckRequest, Settings } from './draft.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
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

/** `option httpchk [METHOD] [URI [VERSION]]`; a lone argument is the URI. Without arguments: `OPTIONS / HTTP/1.0`. */
export function readHttpchk(cursor: Cursor, problems: Problems): CheckRequest | undefined {
  const words = [cursor.next(), cursor.next(), cursor.next()].filter((word) => word !== undefined);
  const [method, uri, version] = words.length === 1 ? [undefined, words[0]] : words;
  const last = version === undefined ? undefined : readVersion(version, problems);
  if (method !== undefined && !TOKEN.test(method.text)) problems.error(method.at, `'${method.text}' is not a method`);
  if (uri !== undefined) checkUri(uri, problems);
  return {
    method: method?.text ?? 'OPTIONS',
    uri: uri?.text ?? '/',
    version: last?.version ?? '1.0',
    headers: last?.headers ?? [],
  };
}

/** `http-check send [meth M] [uri U] [ver V] [hdr NAME VALUE]…` */
export function readCheckSend(cursor: Cursor, settings: Settings, problems: Problems): void {
  let send: Partial<CheckRequest> = {};
  for (let word = cursor.next(); word !== undefined; word = cursor.next()) {
    const value = cursor.need('a value');
    if (value === undefined) return;
    if (word.text === 'meth') {
      if (!TOKEN.test(value.text)) problems.error(value.at, `'${value.text}' is not a method`);
      send = { ...send, method: value.text };
    } else if (word.text === 'uri') {
      checkUri(value, problems);
      send = { ...send, uri: value.text };
    } else if (word.text === 'ver') {
      const version = readVersion(value, problems)?.version;
      if (version !== undefined) send = { ...send, version };
    } else if (word.text === 'hdr') {
      const content = cursor.need('the value of the header');
      if (content !== undefined)
        send = { ...send, headers: [...(send.headers ?? []), ...header(value, content, problems)] };
    } else {
      const notYet = ['body', 'body-lf', 'uri-lf', 'hdr-lf', 'comment'].includes(word.text);
      if (notYet) problems.error(word.at, `not supported yet: 'http-check send … ${word.text}'`);
      else
        problems.error(
          word.at,
          `unexpected '${word.text}' in 'http-check send'`,
          nearest(word.text, ['meth', 'uri', 'ver', 'hdr']),
        );
      return;
    }
  }
  settings.checkSend = send;
}

/** `http-check expect [!] status 200,300-399` */
export function readCheckExpect(cursor: Cursor, settings: Settings, problems: Problems): void {
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
  settings.checkExpect = (status) => bounds.some(([low, high]) => status >= low && status <= high) === wanted;
}

function checkUri(word: Word, problems: Problems): void {
  if (!/^[\x21-\x7e]+$/.test(word.text)) problems.error(word.at, `'${word.text}' cannot be sent as a URI`);
}

/** `HTTP/1.1`, or the old spelling with headers behind it: `HTTP/1.1\r\nHost:\ www`. */
function readVersion(word: Word, problems: Problems): Pick<CheckRequest, 'version' | 'headers'> | undefined {
  const [first = '', ...lines] = word.text.split(/\r?\n/).filter((line) => line !== '');
  const version = /^(?:HTTP\/)?(1\.[01])$/.exec(first)?.[1];
  if (version !== '1.0' && version !== '1.1') {
    problems.error(word.at, `'${first}' is not a version`, nearest(first, ['HTTP/1.0', 'HTTP/1.1']));
    return undefined;
  }
  const headers = lines.flatMap((line) => {
    const colon = line.indexOf(':');
    return header(
      { text: line.slice(0, Math.max(0, colon)), at: word.at },
      { text: line.slice(colon + 1).trim(), at: word.at },
      problems,
    );
  });
  return { version, headers };
}

/** Framing is ours: a check has no body. */
function header(name: Word, value: Word, problems: Problems): (readonly [string, string])[] {
  const framing = ['content-length', 'transfer-encoding', 'connection'].includes(name.text.toLowerCase());
  if (!TOKEN.test(name.text)) problems.error(name.at, `'${name.text}' is not the name of a header`);
  else if (framing) problems.warning(name.at, `the header '${name.text}' of a check is ours to set; ignored`);
  else if (!/^[\t\x20-\x7e]*$/.test(value.text)) problems.error(value.at, 'a header value holds printable ASCII only');
  else return [[name.text, value.text]];
  return [];
}
