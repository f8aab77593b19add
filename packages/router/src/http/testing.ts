/** For tests: holds the fast readers and the writers of heads against the strict parsers and the first writers. */
import assert from 'node:assert/strict';
import type { FastRequest } from './fast-request.ts';
import type { FastResponse } from './fast-response.ts';
import { HeadWriter, roomForHead } from './head-writer.ts';
import { requestHeadFor, responseHeadFor } from './outgoing.ts';
import { parseRequestHead, type RequestHead } from './request-head.ts';
import { writeRequestHead } from './request-writer.ts';
import { parseResponseHead, type ResponseHead } from './response-head.ts';
import { writeResponseHead } from './response-writer.ts';

export const limits = { maxHeadBytes: 4096, maxHeaders: 20 };
const out = Buffer.alloc(65536);

function sentRequest(head: RequestHead, close: boolean): string {
  const writer = new HeadWriter(out);
  writeRequestHead(writer, head, undefined, '', close);
  assert.ok(writer.length <= roomForHead(head.lines, undefined));
  return out.toString('latin1', 0, writer.length);
}

function sentResponse(head: ResponseHead, version: '1.0' | '1.1', close: boolean): string {
  const writer = new HeadWriter(out);
  writeResponseHead(writer, head, undefined, { version, close });
  return out.toString('latin1', 0, writer.length);
}

/** What the fast path accepts, the strict parser accepts, and reads and sends the same. Returns whether it was accepted. */
export function agreeOnRequest(fast: FastRequest, text: string): boolean {
  const bytes = Buffer.from(text, 'latin1');
  const end = fast.read(bytes, 0, bytes.length, limits);
  if (end === -1) return false;
  const strict = parseRequestHead(bytes.toString('latin1', 0, end), limits);
  assert.ok(!('refused' in strict), JSON.stringify(text));
  for (const part of [
    'method',
    'target',
    'version',
    'framing',
    'contentLength',
    'keepAlive',
    'upgrade',
    'mayTunnel',
    'logsIn',
    'text',
  ] as const)
    assert.equal(fast[part], strict[part], `${part} of ${JSON.stringify(text)}`);
  assert.deepEqual(fast.fields, strict.fields);
  assert.deepEqual(fast.options, strict.options);
  for (const [line, name] of strict.fields.names.entries()) {
    assert.equal(fast.lines.name(line), name);
    assert.equal(fast.lines.value(line), strict.fields.values[line]);
    assert.deepEqual(
      fast.lines.values(name),
      strict.fields.values.filter((_, at) => strict.fields.names[at] === name),
    );
  }
  for (const close of [false, true]) {
    const sent = requestHeadFor(strict, undefined, close);
    assert.equal(sentRequest(fast, close), sent);
    assert.equal(sentRequest(strict, close), sent);
  }
  return true;
}

/** The same for an answer to `method`. */
export function agreeOnResponse(fast: FastResponse, text: string, method: string): boolean {
  const bytes = Buffer.from(text, 'latin1');
  const end = fast.read(bytes, method, limits);
  if (end === -1) return false;
  const strict = parseResponseHead(bytes.toString('latin1', 0, end), method, limits);
  assert.ok(typeof strict !== 'string', JSON.stringify({ text, strict }));
  for (const part of [
    'method',
    'status',
    'version',
    'framing',
    'contentLength',
    'keepAlive',
    'idleTimeout',
    'asksForLogin',
    'text',
  ] as const)
    assert.equal(fast[part], strict[part], `${part} of ${JSON.stringify(text)}`);
  assert.deepEqual(fast.fields, strict.fields);
  assert.deepEqual(fast.options, strict.options);
  for (const version of ['1.0', '1.1'] as const) {
    for (const close of [false, true]) {
      const sent = responseHeadFor(strict, { version, close });
      assert.equal(sentResponse(fast, version, close), sent);
      assert.equal(sentResponse(strict, version, close), sent);
    }
  }
  return true;
}
