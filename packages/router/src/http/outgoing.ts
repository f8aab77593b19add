/** The heads of generated answers. Pure. */
import { isUtf8 } from 'node:buffer';
import type { Answer } from '../model/answer.ts';

/** What happens to the client's connection after an answer. */
export interface ClientSide {
  readonly version: '1.0' | '1.1';
  readonly close: boolean;
}

/** A generated answer: lower-case names in HAProxy's order (haproxy-semantics §3.3). */
export function answerHead(answer: Answer, client: ClientSide): string {
  const sized = answer.status !== 204 && answer.status !== 304;
  let out = `HTTP/1.1 ${answer.status} ${answer.reason}\r\n`;
  if (sized) out += `content-length: ${Buffer.byteLength(answer.body)}\r\n`;
  for (const [name, value] of answer.headers) out += `${name}: ${value}\r\n`;
  if (client.close) out += 'connection: close\r\n';
  else if (client.version === '1.0') out += 'connection: keep-alive\r\n';
  return `${out}\r\n`;
}

/** The body that holds these bytes: a text where they are one, for it is easier to read. */
export function bodyWith(bytes: Buffer): Answer['body'] {
  return isUtf8(bytes) ? bytes.toString() : bytes;
}

/** The bytes of an answer's body. */
export function bodyOf({ body }: Answer): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : body;
}

/** The parser refused the request, in HAProxy's literal form: the connection always closes. */
export function refusalText(answer: Answer): string {
  const length = Buffer.byteLength(answer.body);
  return (
    `HTTP/1.1 ${answer.status} ${answer.reason}\r\nContent-length: ${length}\r\nCache-Control: no-cache\r\n` +
    `Connection: close\r\nContent-Type: text/html\r\n\r\n${String(answer.body)}`
  );
}

/** A 103 (Early Hints, RFC 8297) that rules made. */
export function hintHead(fields: readonly (readonly [name: string, value: string])[]): string {
  return `HTTP/1.1 103 Early Hints\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}
