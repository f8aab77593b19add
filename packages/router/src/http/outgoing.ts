/** The heads this engine writes: what came, less the fields of the hop it came over, plus those of the next hop. Pure. */
import type { Answer } from '../model/answer.ts';
import { forwardsLeft } from './max-forwards.ts';
import { endToEnd } from './fields.ts';
import type { RequestHead } from './request-head.ts';
import type { ResponseHead } from './response-head.ts';

/** Lengths of `HTTP/1.1` and of `HTTP/1.1 200`. */
const VERSION = 8;
const BARE_STATUS = 12;

const none: readonly string[] = [];
const coding: readonly string[] = ['transfer-encoding'];
const upgrade: readonly string[] = ['upgrade'];
const codingAndUpgrade: readonly string[] = [...coding, ...upgrade];

/** The request head for a server. `close`: this connection is for one request only. */
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

/** Of TE only `trailers` passes a hop that relays chunks as they are (RFC 9110 §10.1.4). */
function acceptsTrailers(head: RequestHead): boolean {
  const { names, values } = head.fields;
  return (
    names.includes('te') &&
    values.some((value, at) => names[at] === 'te' && /(?:^|,)[ \t]*trailers[ \t]*(?:,|$)/i.test(value))
  );
}

/** How the client's connection goes on behind an answer. */
export interface ClientSide {
  readonly version: '1.0' | '1.1';
  readonly close: boolean;
}

/** A head that was written, and what it was made of. */
export interface RenderedHead {
  readonly head: ResponseHead;
  readonly client: ClientSide;
  readonly text: string;
}

/** `responseHeadFor`, or what it gave last time when it would give the same again. */
export function renderOnce(head: ResponseHead, client: ClientSide, last: RenderedHead | undefined): RenderedHead {
  const same =
    last !== undefined &&
    last.head === head &&
    last.client.version === client.version &&
    last.client.close === client.close;
  return same ? last : { head, client, text: responseHeadFor(head, client) };
}

/** The server's status line in our version, and with the blank that stands even before an empty reason (RFC 9112 §2.3, §4). */
function statusLine({ text, version }: ResponseHead): string {
  const end = text.indexOf('\r\n');
  if (end === BARE_STATUS) return `HTTP/1.1${text.slice(VERSION, end)} \r\n`;
  return version === '1.1' ? text.slice(0, end + 2) : `HTTP/1.1${text.slice(VERSION, end + 2)}`;
}

/** The head of a server's final answer for the client. HTTP/1.0 knows neither chunks nor their announcements. */
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

/** An interim answer (100, 103) as it came, less hop-by-hop fields and the framing it cannot have. */
export function interimHeadFor(head: ResponseHead): string {
  return `${statusLine(head)}${endToEnd(head.fields, head.options, none, 'content-length')}\r\n`;
}

/** The 101 that opens a tunnel. */
export function switchingHeadFor(head: ResponseHead): string {
  return `${statusLine(head)}${endToEnd(head.fields, head.options, upgrade, 'content-length')}Connection: ${head.options.upgrade}\r\n\r\n`;
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
