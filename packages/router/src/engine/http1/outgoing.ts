/** The heads this engine writes: what came, less the fields of the hop it came over, plus those of the next hop. Pure. */
import type { Answer } from '../../exchange/answer.ts';
import { endToEnd } from './fields.ts';
import type { RequestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';

const none: readonly string[] = [];
const coding: readonly string[] = ['transfer-encoding'];
const upgrade: readonly string[] = ['upgrade'];

/** The request head for a server. `close`: this connection is for one request only. */
export function requestHeadFor(head: RequestHead, added: readonly [string, string] | undefined, close: boolean): string {
  const { text, fields, options } = head;
  const spared = head.framing === 'chunked' ? coding : none;
  let out = text.slice(0, text.indexOf('\r\n') + 2) + endToEnd(fields, options, spared, undefined);
  if (added !== undefined) out += `${added[0]}: ${added[1]}\r\n`;
  const trailers = acceptsTrailers(head);
  if (trailers) out += 'TE: trailers\r\n';
  if (head.upgrade !== undefined && head.upgrade !== 'CONNECT') return `${out}Connection: Upgrade\r\nUpgrade: ${head.upgrade}\r\n\r\n`;
  if (close) return `${out}Connection: ${trailers ? 'TE, ' : ''}close\r\n\r\n`;
  if (trailers) return `${out}Connection: TE\r\n\r\n`;
  return head.version === '1.0' ? `${out}Connection: keep-alive\r\n\r\n` : `${out}\r\n`;
}

/** Of TE only `trailers` passes a hop that relays chunks as they are (RFC 9110 §10.1.4). */
function acceptsTrailers(head: RequestHead): boolean {
  const at = head.fields.names.indexOf('te');
  return at !== -1 && /(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(head.fields.values[at] ?? '');
}

/** How the client's connection goes on behind an answer. */
export interface ClientSide {
  readonly version: '1.0' | '1.1';
  readonly close: boolean;
  /** The chunked coding is taken off: an HTTP/1.0 client does not know it. */
  readonly dechunk: boolean;
}

/** A head that was written, and what it was made of. */
export interface RenderedHead {
  readonly head: ResponseHead;
  readonly client: ClientSide;
  readonly text: string;
}

/** `responseHeadFor`, or what it gave last time when it would give the same again. */
export function renderOnce(head: ResponseHead, client: ClientSide, last: RenderedHead | undefined): RenderedHead {
  const same = last !== undefined && last.head === head && sameSide(last.client, client);
  return same ? last : { head, client, text: responseHeadFor(head, client) };
}

function sameSide(one: ClientSide, other: ClientSide): boolean {
  return one.version === other.version && one.close === other.close && one.dechunk === other.dechunk;
}

/** The head of a server's final answer for the client. */
export function responseHeadFor(head: ResponseHead, client: ClientSide): string {
  const { text, fields, options } = head;
  const spared = head.status === 426 ? upgrade : client.dechunk || head.status === 204 ? none : coding;
  const lost = head.status === 204 ? 'content-length' : undefined;
  const start = text.indexOf('\r\n') + 2;
  const line = head.version === '1.1' ? text.slice(0, start) : `HTTP/1.1${text.slice(8, start)}`;
  const out = line + endToEnd(fields, options, spared, lost);
  if (client.close) return `${out}Connection: close\r\n\r\n`;
  if (client.version === '1.0') return `${out}Connection: keep-alive\r\n\r\n`;
  return head.status === 426 ? `${out}Connection: Upgrade\r\n\r\n` : `${out}\r\n`;
}

/** An interim answer (100, 103) as it came, less hop-by-hop fields and the framing it cannot have. */
export function interimHeadFor(head: ResponseHead): string {
  const { text, fields, options } = head;
  return `${text.slice(0, text.indexOf('\r\n') + 2)}${endToEnd(fields, options, none, 'content-length')}\r\n`;
}

/** The 101 that opens a tunnel. */
export function switchingHeadFor(head: ResponseHead): string {
  const { text, fields, options } = head;
  return `${text.slice(0, text.indexOf('\r\n') + 2)}${endToEnd(fields, options, upgrade, 'content-length')}Connection: Upgrade\r\n\r\n`;
}

/** An answer made here: lower-case names in HAProxy's order (haproxy-semantics §3.3). */
export function answerHead(answer: Answer, client: ClientSide): string {
  const sized = answer.status !== 204 && answer.status !== 304;
  let out = `HTTP/1.1 ${answer.status} ${answer.reason}\r\n`;
  if (sized) out += `content-length: ${Buffer.byteLength(answer.body)}\r\n`;
  for (const [name, value] of answer.headers) out += `${name}: ${value}\r\n`;
  if (client.close) out += 'connection: close\r\n';
  else if (client.version === '1.0') out += 'connection: keep-alive\r\n';
  return `${out}\r\n`;
}

/** A refusal of the parser, in the literal form HAProxy gives it: the connection always ends. */
export function refusalText(answer: Answer): string {
  const length = Buffer.byteLength(answer.body);
  return (
    `HTTP/1.1 ${answer.status} ${answer.reason}\r\nContent-length: ${length}\r\nCache-Control: no-cache\r\n` +
    `Connection: close\r\nContent-Type: text/html\r\n\r\n${answer.body}`
  );
}
