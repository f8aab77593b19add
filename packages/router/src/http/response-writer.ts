import * as field from './field-ids.ts';
import { HOP_BY_HOP } from './field-ids.ts';
import type { HeadEdits } from './head-edits.ts';
import type { HeadWriter } from './head-writer.ts';
import type { ClientSide } from './outgoing.ts';
import type { ResponseHead } from './response-head.ts';

/** Lengths of `HTTP/1.1` and of `HTTP/1.1 200`. */
const VERSION = 8;
const BARE_STATUS = 12;

/** Writes the head of a server's final response for the client. HTTP/1.0 has no chunks, and no fields that announce them. */
export function writeResponseHead(
  writer: HeadWriter,
  head: ResponseHead,
  edits: HeadEdits | undefined,
  client: ClientSide,
): void {
  const { lines, status } = head;
  const old = client.version === '1.0';
  const offers = status === 426 && lines.find('upgrade') !== -1;
  let cut = HOP_BY_HOP;
  if (!old && status !== 204) cut &= ~(1 << field.TRANSFER_ENCODING);
  if (offers) cut &= ~(1 << field.UPGRADE);
  if (status === 204) cut |= 1 << field.CONTENT_LENGTH;
  else if (old) cut |= 1 << field.TRAILER;
  const start = writeStatusLine(writer, head, edits);
  writer.fields(lines, edits, cut, head.options.named, start);
  const kept = client.close ? 'close' : old ? 'keep-alive' : '';
  if (offers) writer.text(`Connection: ${kept === '' ? '' : `${kept}, `}${head.options.upgrade || 'Upgrade'}\r\n\r\n`);
  else writer.text(kept === '' ? '\r\n' : `Connection: ${kept}\r\n\r\n`);
}

/** Writes an interim response (100, 103) unchanged, without hop-by-hop fields and the framing it must not have. */
export function writeInterimHead(writer: HeadWriter, head: ResponseHead, edits: HeadEdits | undefined): void {
  const start = writeStatusLine(writer, head, edits);
  writer.fields(head.lines, edits, HOP_BY_HOP | (1 << field.CONTENT_LENGTH), head.options.named, start).text('\r\n');
}

/** Writes the 101 that opens a tunnel. */
export function writeSwitchingHead(writer: HeadWriter, head: ResponseHead, edits: HeadEdits | undefined): void {
  const start = writeStatusLine(writer, head, edits);
  const cut = (HOP_BY_HOP & ~(1 << field.UPGRADE)) | (1 << field.CONTENT_LENGTH);
  writer.fields(head.lines, edits, cut, head.options.named, start).text(`Connection: ${head.options.upgrade}\r\n\r\n`);
}

/**
 * The server's status line with our version, and with the blank that is required even before an empty reason (RFC 9112 §2.3, §4).
 * Returns where the lines to copy begin: 0 when that is what came.
 */
function writeStatusLine(
  writer: HeadWriter,
  { lines, version, status }: ResponseHead,
  edits: HeadEdits | undefined,
): number {
  const bare = lines.section === BARE_STATUS + 2;
  if (edits?.status !== undefined || edits?.reason !== undefined) {
    writer.text(`HTTP/1.1 ${edits.status ?? status} ${edits.reason ?? ''}\r\n`);
  } else if (version === '1.1' && !bare) return 0;
  else
    writer
      .text('HTTP/1.1')
      .range(lines.bytes, VERSION, lines.section - 2)
      .text(bare ? ' \r\n' : '\r\n');
  return lines.section;
}
