import { STATUS_CODES } from 'node:http';
import type { Problems } from '@headgate/shared/config/problem';
import type { Position, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import type { Answer } from '../model/answer.ts';

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// Framing is the engine's; a second opinion in an answer would split it.
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'trailer',
]);
const OPTIONS = ['status', 'deny_status', 'content-type', 'string', 'hdr', 'if', 'unless'];
const UNSUPPORTED: ReadonlySet<string> = new Set([
  'lf-string',
  'lf-file',
  'file',
  'errorfile',
  'errorfiles',
  'default-errorfiles',
]);

/** The answer `deny` and `return` describe. */
export interface Reply {
  readonly answer: Answer;
  readonly hasContent: boolean;
  readonly statusAt: Position | undefined;
  readonly condition: readonly Word[];
}

/** Reads `[status N] [content-type T] [string S] [hdr NAME VALUE]...` up to the condition; undefined after a problem. */
export function parseReply(words: readonly Word[], defaultStatus: number, problems: Problems): Reply | undefined {
  let status = defaultStatus;
  let statusAt: Position | undefined;
  let type: string | undefined;
  let body: string | undefined;
  let bodyAt: Position | undefined;
  const headers: (readonly [string, string])[] = [];
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined || word.text === 'if' || word.text === 'unless') break;
    if (!OPTIONS.includes(word.text)) {
      if (UNSUPPORTED.has(word.text)) problems.error(word.at, `not supported yet: ${word.text}`);
      else problems.error(word.at, `unknown word '${word.text}'`, nearest(word.text, OPTIONS));
      return undefined;
    }
    index += 1;
    const value = words[index];
    if (value === undefined) {
      problems.error(word.at, `'${word.text}' needs a value`);
      return undefined;
    }
    if (word.text === 'hdr') {
      index += 1;
      const header = headerOf(value, words[index], problems);
      if (header === undefined) return undefined;
      headers.push(header);
    } else if (word.text === 'content-type') {
      if (!isClean(value, problems)) return undefined;
      type = value.text;
    } else if (word.text === 'string') {
      body = value.text;
      bodyAt = word.at;
    } else {
      if (!/^[2-5]\d\d$/.test(value.text)) {
        problems.error(value.at, `'${value.text}' is not a status an answer can have (200 to 599)`);
        return undefined;
      }
      status = Number(value.text);
      statusAt = value.at;
    }
  }
  if (bodyAt !== undefined && body !== '') {
    if (type === undefined) {
      problems.error(bodyAt, "a 'string' needs its 'content-type'");
      return undefined;
    }
    headers.push(['content-type', type]);
  }
  const answer: Answer = { status, reason: STATUS_CODES[status] ?? '', headers, body: body ?? '', close: false };
  return { answer, hasContent: body !== undefined, statusAt, condition: words.slice(index) };
}

function headerOf(name: Word, value: Word | undefined, problems: Problems): readonly [string, string] | undefined {
  const lower = name.text.toLowerCase();
  if (!NAME.test(lower)) problems.error(name.at, `'${name.text}' is not a header name`);
  else if (FRAMING.has(lower)) problems.error(name.at, `'${name.text}' is set by the router itself`);
  else if (value === undefined) problems.error(name.at, `header '${name.text}' needs a value`);
  else if (value.text.replaceAll('%%', '').includes('%'))
    problems.error(value.at, `not supported yet: log-format '${value.text}'; write %% for a percent sign`);
  else if (isClean(value, problems)) return [lower, value.text.replaceAll('%%', '%')];
  return undefined;
}

function isClean(value: Word, problems: Problems): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  if (!/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value.text)) return true;
  problems.error(value.at, 'a header value cannot hold control characters');
  return false;
}
