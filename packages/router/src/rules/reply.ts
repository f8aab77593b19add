import { writtenBytes } from '@headgate/shared/config/escaped-bytes';
import type { Position, Word } from '@headgate/shared/config/raw';
import { nearest } from '@headgate/shared/config/suggest';
import { reasonFor } from '@headgate/shared/process/regular-file';
import { errorAnswer, hasErrorAnswer } from '../http/error-answers.ts';
import { reasonOf } from '../http/reasons.ts';
import { errorFile } from '../http/error-file.ts';
import type { Answer } from '../model/answer.ts';
import type { Evaluation } from '../model/evaluation.ts';
import type { Read } from '../model/values.ts';
import { compileFormat } from '../sample/format.ts';
import type { Format } from '../sample/format.ts';
import { isNothing } from './action.ts';
import type { ActionContext } from './action.ts';
import { bodyWith } from '../http/outgoing.ts';
import { TOKEN } from '../http/token.ts';
import { bytesOf } from '../sample/value.ts';

// The engine frames the answer; framing fields of its own would allow response splitting.
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'trailer',
]);
const CONTENTS = ['string', 'lf-string', 'file', 'lf-file'];
/** Pages that are complete answers. */
const PAGES = ['errorfile', 'errorfiles', 'default-errorfiles'];
const OPTIONS = ['status', 'deny_status', 'content-type', ...CONTENTS, ...PAGES, 'hdr', 'if', 'unless'];

/** The answer that `deny` and `return` describe. */
export interface Reply {
  readonly status: number;
  readonly answer: (on: Evaluation) => Answer;
  /** The answer, when it is the same for every request. */
  readonly constant: Answer | undefined;
  readonly hasContent: boolean;
  readonly hasHeaders: boolean;
  /** The error page that the proxy has for the status. */
  readonly ofProxy: boolean;
  readonly statusAt: Position | undefined;
  readonly reads: readonly Read[];
  readonly condition: readonly Word[];
}

type Header = readonly [name: string, value: Format];

/**
 * Reads `[status N] [content-type T] [string|lf-string|file|lf-file X] [hdr NAME FMT]...` up to the condition; undefined
 * after a problem. Files are read now.
 */
export function parseReply(words: readonly Word[], defaultStatus: number, context: ActionContext): Reply | undefined {
  const { problems } = context;
  let status = defaultStatus;
  let statusAt: Position | undefined;
  let type: string | undefined;
  let body: Content | undefined;
  let bodyAt: Word | undefined;
  let page: Word | undefined;
  let pageOf: Word | undefined;
  let empty = false;
  const headers: Header[] = [];
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined || word.text === 'if' || word.text === 'unless' || isNothing(words.slice(index))) break;
    if (!OPTIONS.includes(word.text)) {
      problems.error(word.at, `unknown word '${word.text}'`, nearest(word.text, OPTIONS));
      return undefined;
    }
    if (PAGES.includes(word.text)) page = word;
    if (word.text === 'default-errorfiles') continue;
    index += 1;
    const value = words[index];
    if (value === undefined || value.text === '') {
      problems.error((value ?? word).at, `'${word.text}' needs a value`);
      return undefined;
    }
    if (page === word) pageOf = value;
    else if (word.text === 'hdr') {
      index += 1;
      const header = headerOf(value, words[index], context);
      if (header === undefined) return undefined;
      headers.push(header);
    } else if (word.text === 'content-type') {
      if (!isClean(value, context)) return undefined;
      type = bytesOf(value.text);
    } else if (CONTENTS.includes(word.text)) {
      body = contentOf(word.text, value, context);
      if (body === undefined) return undefined;
      bodyAt = word;
    } else {
      if (!/^[2-5]\d\d$/.test(value.text)) {
        problems.error(value.at, `'${value.text}' is not a status an answer can have (200 to 599)`);
        return undefined;
      }
      status = Number(value.text);
      statusAt = value.at;
      // As in HAProxy: with `status` a reply without content has none, with `deny_status` it is the page.
      empty = word.text === 'status';
    }
  }
  if (page !== undefined) {
    const rest = { status, statusAt, hasHeaders: headers.length > 0, condition: words.slice(index) };
    if (bodyAt !== undefined || type !== undefined || headers.length > 0)
      problems.warning(
        page.at,
        `'${page.text}' is a complete answer: content and headers given with it have no effect`,
      );
    return pageReply(page, pageOf, rest, context);
  }
  if (bodyAt !== undefined && !isEmpty(body) && type === undefined) {
    problems.error(bodyAt.at, `a '${bodyAt.text}' needs its 'content-type'`);
    return undefined;
  }
  const own: Answer['headers'] =
    body === undefined || isEmpty(body) || type === undefined ? [] : [['content-type', type]];
  // As in HAProxy, a header without a value is left out.
  const lines = (on: Evaluation): Answer['headers'] =>
    headers.flatMap(([name, value]) => {
      const text = value.render(on);
      return text === '' ? [] : [[name, text] as const];
    });
  const reason = reasonOf(status);
  const text = body ?? NOTHING;
  const answer = (on: Evaluation): Answer => ({
    status,
    reason,
    headers: [...lines(on), ...own],
    body: Buffer.isBuffer(text) ? text : Buffer.from(text.render(on), 'latin1'),
    close: false,
  });
  const fixed = headers.flatMap(([name, { constant }]) => (constant === undefined ? [] : [[name, constant] as const]));
  const constant =
    Buffer.isBuffer(text) && fixed.length === headers.length
      ? { status, reason, headers: [...fixed, ...own], body: bodyWith(text), close: false }
      : undefined;
  return {
    status,
    answer,
    constant,
    hasContent: body !== undefined || empty,
    ofProxy: false,
    hasHeaders: headers.length > 0,
    statusAt,
    reads: [...headers.flatMap(([, { reads }]) => reads), ...(Buffer.isBuffer(text) ? [] : text.reads)],
    condition: words.slice(index),
  };
}

/** `errorfile FILE`, `errorfiles NAME`, `default-errorfiles`. */
function pageReply(
  kind: Word,
  of: Word | undefined,
  rest: Pick<Reply, 'status' | 'statusAt' | 'hasHeaders' | 'condition'>,
  context: ActionContext,
): Reply | undefined {
  const { problems } = context;
  const { status } = rest;
  const ofProxy = kind.text === 'default-errorfiles';
  let answer: Answer | undefined;
  if (of === undefined) {
    if (hasErrorAnswer(status)) answer = errorAnswer(status);
    else problems.error(kind.at, `there is no error page for ${status}`);
  } else if (kind.text === 'errorfile') {
    const page = errorFile(of.text, status, context.readFile);
    if (typeof page === 'string') problems.error(of.at, page);
    else answer = page;
  } else {
    const pages = context.errorFiles?.(of);
    answer = pages?.get(status);
    if (pages !== undefined && answer === undefined) {
      // As in HAProxy, nothing but the status is sent then.
      if (hasErrorAnswer(status)) answer = { ...errorAnswer(status), headers: [], body: '' };
      if (answer === undefined) problems.error(of.at, `http-errors '${of.text}' has no page for ${status}`);
      else problems.warning(of.at, `http-errors '${of.text}' has no page for ${status}: an empty one is sent`);
    }
  }
  if (answer === undefined) return undefined;
  const page = answer;
  return { ...rest, answer: () => page, constant: page, hasContent: true, ofProxy, reads: [] };
}

type Content = Buffer | Format;

const NOTHING = Buffer.alloc(0);

function isEmpty(body: Content | undefined): boolean {
  return Buffer.isBuffer(body) && body.length === 0;
}

/** The body that a word describes: literal, or a format evaluated for each request. */
function contentOf(kind: string, value: Word, context: ActionContext): Content | undefined {
  const { problems } = context;
  if (kind === 'string') return writtenBytes(value.text);
  if (kind === 'lf-string') return compileFormat(value, context);
  // A format is text; any other file is bytes as they are, such as an image.
  const text = context.readFile(value.text, kind === 'lf-file' ? 'utf8' : 'latin1');
  if (typeof text !== 'string') {
    problems.error(value.at, `cannot read '${value.text}'${reasonFor(text)}`);
    return undefined;
  }
  return kind === 'lf-file' ? compileFormat({ ...value, text }, context) : Buffer.from(text, 'latin1');
}

function headerOf(name: Word, value: Word | undefined, context: ActionContext): Header | undefined {
  const { problems } = context;
  const lower = name.text.toLowerCase();
  if (!TOKEN.test(lower)) problems.error(name.at, `'${name.text}' is not a header name`);
  else if (FRAMING.has(lower)) problems.error(name.at, `'${name.text}' is set by the router itself`);
  else if (value === undefined || value.text === '') problems.error(name.at, `header '${name.text}' needs a value`);
  else if (isClean(value, context)) {
    const format = compileFormat(value, context);
    return format === undefined ? undefined : [lower, format];
  }
  return undefined;
}

function isClean(value: Word, { problems }: ActionContext): boolean {
  // oxlint-disable-next-line no-control-regex -- matching control characters is the purpose
  if (!/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value.text)) return true;
  problems.error(value.at, 'a header value cannot hold control characters');
  return false;
}
