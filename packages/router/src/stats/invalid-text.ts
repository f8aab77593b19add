import type { Numbered } from '../model/invalid-message.ts';
import { localDate } from '../sample/date.ts';
import { MOST_KEPT, type KeptMessage } from './invalid-messages.ts';

/** Columns of one line of bytes, as in HAProxy. */
const WIDTH = 70;
const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\u001b': '\\e',
  '\\': '\\\\',
};

/** The first line of `show errors`. */
export function totalText(now: number, total: number): string {
  return `Total events captured on [${localDate(now)}] : ${total}\n`;
}

/** A message as HAProxy's `show errors` prints it. Flags of HAProxy's own parser have no counterpart: 0. The reason is ours. */
export function invalidText(message: KeptMessage): string {
  const { kind, frontend, backend, server, event, client, bytes, at, passed, reason, time } = message;
  const request = kind === 'request';
  const where = request ? `frontend ${numbered(frontend)}` : `backend ${numbered(backend)}`;
  const source = client.address === '' ? 'unix:1' : `${client.address}:${client.port}`;
  const other = request ? `backend ${numbered(backend)}` : `frontend ${numbered(frontend)}`;
  return [
    ' ',
    `[${localDate(time)}] ${where}: invalid ${kind}`,
    `  ${other}, server ${numbered(server)}, event #${event}, src ${source}`,
    `  reason: ${reason}`,
    `  buffer starts at ${passed} (including 0 out), ${Math.max(0, MOST_KEPT - bytes.length)} free,`,
    `  len ${bytes.length}, wraps at ${MOST_KEPT}, error at position ${at}`,
    '  H1 connection flags 0x00000000, H1 stream flags 0x00000000',
    `  H1 msg state ${stateOf(message)}, H1 msg flags 0x00000000`,
    '  H1 chunk len 0 bytes, H1 body len 0 bytes :',
    '  ',
    ...dump(bytes),
    '',
  ].join('\n');
}

function numbered(one: Numbered | undefined): string {
  return one === undefined ? '<NONE> (#-1)' : `${one.name} (#${one.number})`;
}

/** The bytes, each printable, in lines that end where theirs do, with where they start. */
function dump(bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let start = 0;
  let continued = false;
  const end = (next: number, broken: boolean): void => {
    lines.push(`  ${String(start).padStart(5, '0')}${continued ? '+' : ' '} ${line}`);
    line = '';
    start = next;
    continued = broken;
  };
  for (const [at, byte] of bytes.entries()) {
    const shown = printable(byte);
    if (line.length + shown.length > WIDTH) end(at, true);
    line += shown;
    if (byte === 0x0a) end(at + 1, false);
  }
  if (line !== '') end(bytes.length, false);
  return lines;
}

function printable(byte: number): string {
  const char = String.fromCharCode(byte);
  const escaped = ESCAPES[char];
  if (escaped !== undefined) return escaped;
  return byte >= 0x20 && byte < 0x7f ? char : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Which part of the message the wrong byte is in, in HAProxy's words and numbers. */
function stateOf({ kind, bytes, at, passed }: KeptMessage): string {
  const before = Buffer.from(bytes.subarray(0, at)).toString('latin1');
  const lineStart = before.lastIndexOf('\n') + 1;
  if (passed > 0 || /\r?\n\r?\n/.test(before)) return 'MSG_CHUNK_SIZE(26)';
  const blanks = before.split(' ').length - 1;
  if (lineStart > 0) return before.includes(':', lineStart) ? 'MSG_HDR_VAL(22)' : 'MSG_HDR_NAME(17)';
  if (kind === 'request') return ['MSG_RQMETH(2)', 'MSG_RQURI(4)'][blanks] ?? 'MSG_RQVER(6)';
  return ['MSG_RPVER(10)', 'MSG_RPCODE(12)'][blanks] ?? 'MSG_RPREASON(14)';
}
