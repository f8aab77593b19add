import type { Added } from './forwarded.ts';
import { forwardsLeft } from './max-forwards.ts';
import * as field from './field-ids.ts';
import { HOP_BY_HOP } from './field-ids.ts';
import type { HeadBytes } from './head-bytes.ts';
import type { HeadEdits } from './head-edits.ts';
import type { HeadWriter } from './head-writer.ts';
import type { RequestHead } from './request-head.ts';

/**
 * Writes the request head for a server: the received head without its hop-by-hop fields (RFC 9110 §7.6.1), with the
 * edits of the rules, lines of our own, and the fields of the next hop.
 * `close`: the connection serves one request only.
 */
export function writeRequestHead(
  writer: HeadWriter,
  head: RequestHead,
  edits: HeadEdits | undefined,
  added: readonly Added[],
  close: boolean,
): void {
  const { lines, options } = head;
  const left = forwardsLeft(head.method, () => firstValue(lines, 'max-forwards'));
  let cut = HOP_BY_HOP;
  if (head.framing === 'chunked') cut &= ~(1 << field.TRANSFER_ENCODING);
  if (left !== undefined) cut |= 1 << field.MAX_FORWARDS;
  const asItCame = edits?.method === undefined && edits?.target === undefined;
  if (!asItCame) writer.text(`${edits.method ?? head.method} ${edits.target ?? head.target} HTTP/${head.version}\r\n`);
  writer.fields(lines, edits, cut, options.named, asItCame ? 0 : lines.section);
  if (left !== undefined) writer.text(`Max-Forwards: ${left - 1}\r\n`);
  for (const [name, value] of added) writer.field(name, value);
  writer.text(endOf(head, close));
}

/** The connection fields of the next hop, and the end of the head. */
function endOf(head: RequestHead, close: boolean): string {
  const trailers = acceptsTrailers(head);
  const te = trailers ? 'TE: trailers\r\n' : '';
  if (head.upgrade !== undefined) return `${te}Connection: ${head.options.upgrade}\r\nUpgrade: ${head.upgrade}\r\n\r\n`;
  if (close) return `${te}Connection: ${trailers ? 'TE, ' : ''}close\r\n\r\n`;
  if (trailers) return `${te}Connection: TE\r\n\r\n`;
  return head.version === '1.0' ? 'Connection: keep-alive\r\n\r\n' : '\r\n';
}

function firstValue(lines: HeadBytes, name: string): string | undefined {
  const line = lines.find(name);
  return line === -1 ? undefined : lines.value(line);
}

/** Of TE only `trailers` is forwarded, because chunks are relayed unchanged (RFC 9110 §10.1.4). */
function acceptsTrailers({ lines }: RequestHead): boolean {
  for (let line = lines.find('te'); line !== -1; line = lines.find('te', line + 1)) {
    if (/(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(lines.value(line))) return true;
  }
  return false;
}
