/** For tests: compares the fast readers and the writers of heads with the strict parsers and simple reference writers. */
import assert from 'node:assert/strict';
import type { FastRequest } from './fast-request.ts';
import type { FastResponse } from './fast-response.ts';
import { HeadWriter, roomForHead } from './head-writer.ts';
import { endToEnd } from './fields.ts';
import { forwardsLeft } from './max-forwards.ts';
import type { ClientSide } from './outgoing.ts';
import { parseRequestHead, type RequestHead } from './request-head.ts';
import { writeRequestHead } from './request-writer.ts';
import { parseResponseHead, type ResponseHead } from './response-head.ts';
import { writeResponseHead } from './response-writer.ts';

export const limits = { maxHeadBytes: 4096, maxHeaders: 20 };
const out = Buffer.alloc(65536);

function sentRequest(head: RequestHead, close: boolean): string {
  const writer = new HeadWriter(out);
  writeRequestHead(writer, head, undefined, [], close);
  assert.ok(writer.length <= roomForHead(head.lines, undefined));
  return out.toString('latin1', 0, writer.length);
}

function sentResponse(head: ResponseHead, version: '1.0' | '1.1', close: boolean): string {
  const writer = new HeadWriter(out);
  writeResponseHead(writer, head, undefined, { version, close });
  return out.toString('latin1', 0, writer.length);
}

/** Whatever the fast path accepts, the strict parser accepts, reads and sends identically. Returns whether it was accepted. */
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

/** The same for a response to `method`. */
export function agreeOnResponse(fast: FastResponse, text: string, method: string): boolean {
  const bytes = Buffer.from(text, 'latin1');
  const end = fast.read(bytes, method, limits);
  if (end === -1) return false;
  const strict = parseResponseHead(bytes.toString('latin1', 0, end), method, limits);
  assert.ok(!('refused' in strict), JSON.stringify({ text, strict }));
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

// ---- reference writers of forwarded heads, as text: the byte writers must agree with them ----

/** Lengths of `HTTP/1.1` and of `HTTP/1.1 200`. */
const VERSION = 8;
const BARE_STATUS = 12;

const none: readonly string[] = [];
const coding: readonly string[] = ['transfer-encoding'];
const upgrade: readonly string[] = ['upgrade'];
const codingAndUpgrade: readonly string[] = [...coding, ...upgrade];

/** The request head for a server. `close`: the connection serves one request only. */
export function requestHeadFor(
  head: RequestHead,
  added: readonly [string, string] | undefined,
  close: boolean,
): string {
  const { text, fields, options } = head;
  const spared = head.framing === 'chunked' ? coding : none;
  const left = forwardsLeft(head.method, () => fields.values[fields.names.indexOf('max-forwards')]);
  let out =
    text.slice(0, text.indexOf('\r\n') + 2) +
    endToEnd(fields, options, spared, left === undefined ? undefined : 'max-forwards');
  if (left !== undefined) out += `Max-Forwards: ${left - 1}\r\n`;
  if (added !== undefined) out += `${added[0]}: ${added[1]}\r\n`;
  const trailers = acceptsTrailers(head);
  if (trailers) out += 'TE: trailers\r\n';
  if (head.upgrade !== undefined) return `${out}Connection: ${options.upgrade}\r\nUpgrade: ${head.upgrade}\r\n\r\n`;
  if (close) return `${out}Connection: ${trailers ? 'TE, ' : ''}close\r\n\r\n`;
  if (trailers) return `${out}Connection: TE\r\n\r\n`;
  return head.version === '1.0' ? `${out}Connection: keep-alive\r\n\r\n` : `${out}\r\n`;
}

/** Of TE only `trailers` is forwarded, because chunks are relayed unchanged (RFC 9110 §10.1.4). */
function acceptsTrailers(head: RequestHead): boolean {
  const { names, values } = head.fields;
  return (
    names.includes('te') &&
    values.some((value, at) => names[at] === 'te' && /(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(value))
  );
}

/** The server's status line with our version, and with the blank that is required even before an empty reason (RFC 9112 §2.3, §4). */
function statusLine({ text, version }: ResponseHead): string {
  const end = text.indexOf('\r\n');
  if (end === BARE_STATUS) return `HTTP/1.1${text.slice(VERSION, end)} \r\n`;
  return version === '1.1' ? text.slice(0, end + 2) : `HTTP/1.1${text.slice(VERSION, end + 2)}`;
}

/** The head of a server's final response for the client. HTTP/1.0 has no chunks, and no fields that announce them. */
export function responseHeadFor(head: ResponseHead, client: ClientSide): string {
  const { fields, options, status } = head;
  const old = client.version === '1.0';
  const offers = status === 426 && fields.names.includes('upgrade');
  const chunks = !old && status !== 204;
  const spared = offers ? (chunks ? codingAndUpgrade : upgrade) : chunks ? coding : none;
  const lost = status === 204 ? 'content-length' : old ? 'trailer' : undefined;
  const out = statusLine(head) + endToEnd(fields, options, spared, lost);
  const kept = client.close ? 'close' : old ? 'keep-alive' : '';
  if (offers) return `${out}Connection: ${kept === '' ? '' : `${kept}, `}${options.upgrade || 'Upgrade'}\r\n\r\n`;
  return kept === '' ? `${out}\r\n` : `${out}Connection: ${kept}\r\n\r\n`;
}

/** An interim response (100, 103), unchanged but for hop-by-hop fields and the framing it must not have. */
export function interimHeadFor(head: ResponseHead): string {
  return `${statusLine(head)}${endToEnd(head.fields, head.options, none, 'content-length')}\r\n`;
}

/** The 101 that opens a tunnel. */
export function switchingHeadFor(head: ResponseHead): string {
  return `${statusLine(head)}${endToEnd(head.fields, head.options, upgrade, 'content-length')}Connection: ${head.options.upgrade}\r\n\r\n`;
}
