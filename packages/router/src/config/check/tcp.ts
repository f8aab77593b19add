import type { Word } from '@headgate/shared/config/raw';
import type { Cursor } from '@headgate/shared/config/cursor';
import { expectBytes } from '../../checks/expect.ts';
import type { SendStep } from '../../model/check.ts';
import type { ExpressionContext } from '../../sample/expression.ts';
import { compileFormat } from '../../sample/format.ts';
import { bytesOf } from '../../sample/value.ts';
import type { CheckLine, ProxyDraft } from '../draft.ts';
import { readConnect } from './connect.ts';
import { hexBytes, readExpect, readPattern } from './expect.ts';
import { readVariableStep } from './variable.ts';

const SENDS = ['send', 'send-lf', 'send-binary', 'send-binary-lf'] as const;
const MATCHES = ['string', 'rstring', 'binary', 'rbinary', 'string-lf', 'binary-lf'];

/** Reads one `tcp-check` line. A section's first own line drops those of its `defaults`. */
export function readTcpCheck(cursor: Cursor, draft: ProxyDraft, context: ExpressionContext): void {
  const { at } = cursor;
  const line = readLine(cursor, context);
  if (line === undefined) return;
  cursor.end();
  const { tcpCheck } = draft.settings;
  const own = tcpCheck?.section === draft.at ? tcpCheck : { section: draft.at, at, lines: [] };
  draft.settings.tcpCheck = { ...own, lines: [...own.lines, line] };
}

function readLine(cursor: Cursor, context: ExpressionContext): CheckLine | undefined {
  const variable = readVariableStep(cursor, context);
  if (variable !== undefined) return variable === 'invalid' ? undefined : variable;
  const step = cursor.choice('step', [...SENDS, 'connect', 'comment', 'expect']);
  if (step === undefined) return undefined;
  if (step === 'connect') return readConnect(cursor, context);
  if (step === 'comment') {
    const comment = cursor.need('a comment');
    // HAProxy ignores what follows it.
    const { at } = cursor;
    if (comment !== undefined && cursor.next() !== undefined) {
      context.problems.warning(at, 'a comment is one word: put it in quotes; what follows it is ignored');
      cursor.rest();
    }
    return comment && { step: { kind: 'comment' }, comment: comment.text };
  }
  if (step === 'expect') {
    const read = readExpect(cursor, MATCHES, context, (match) => readPattern(match, cursor, context));
    return read && { step: expectBytes(read.pattern, read.options), comment: read.comment };
  }
  const word = cursor.need('the bytes to send');
  const bytes = word && bytesToSend(step, word, context);
  const comment = cursor.accept('comment') ? cursor.need('a comment')?.text : undefined;
  return bytes && { step: { kind: 'send', bytes }, comment };
}

function bytesToSend(
  kind: (typeof SENDS)[number],
  word: Word,
  context: ExpressionContext,
): SendStep['bytes'] | undefined {
  if (kind === 'send') {
    const bytes = bytesOf(word.text);
    return () => bytes;
  }
  if (kind === 'send-binary') {
    const bytes = hexBytes(word, context);
    return bytes === undefined ? undefined : () => bytes;
  }
  const format = compileFormat(word, context);
  if (format === undefined) return undefined;
  if (kind === 'send-lf') return (on) => format.render(on);
  return (on) => {
    const digits = format.render(on);
    return /^(?:[0-9a-f]{2})*$/i.test(digits) ? Buffer.from(digits, 'hex').toString('latin1') : undefined;
  };
}
