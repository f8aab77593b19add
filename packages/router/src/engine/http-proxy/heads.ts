/** Heads between Node's objects and the strict rules both engines share. Pure. */
import type { Added } from '../../http/forwarded.ts';
import type { IncomingMessage } from 'node:http';
import type { FieldList } from '../../model/facts.ts';
import type { HeadEdits } from '../../http/head-edits.ts';
import { hopByHop } from '../../http/forwarded.ts';
import { forwardsLeft } from '../../http/max-forwards.ts';
import type { ConnectionOptions } from '../../http/fields.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';

/** A request head as text again, so that one law says what a valid request is (http/request-head.ts). */
export function requestText(message: IncomingMessage): string {
  return `${message.method ?? ''} ${message.url ?? ''} HTTP/${message.httpVersion}\r\n${fieldText(message.rawHeaders)}`;
}

/** What Node says of an answer: an IncomingMessage, or the parts of an interim answer. */
export interface AnswerParts {
  readonly httpVersion: string;
  readonly statusCode?: number | undefined;
  readonly statusMessage?: string | undefined;
  readonly rawHeaders: readonly string[];
}

/** An answer head as text again, for http/response-head.ts. */
export function answerText({ httpVersion, statusCode, statusMessage, rawHeaders }: AnswerParts): string {
  return `HTTP/${httpVersion} ${statusCode ?? 0} ${statusMessage ?? ''}\r\n${fieldText(rawHeaders)}`;
}

function fieldText(raw: readonly string[]): string {
  let text = '';
  for (let index = 0; index + 1 < raw.length; index += 2) text += `${raw[index] ?? ''}: ${raw[index + 1] ?? ''}\r\n`;
  return `${text}\r\n`;
}

/** Fields this engine writes itself or cannot carry: framing is its own, trailers are dropped, Expect is added late. */
const own: ReadonlySet<string> = new Set(['content-length', 'trailer', 'expect']);

function staysOnHop(name: string, options: ConnectionOptions): boolean {
  return hopByHop.has(name) || options.named.includes(name);
}

/** The lines of a head in order, their names as they came, or as the rules that changed it have them. */
function linesOf(
  raw: readonly string[],
  { names, values }: FieldList,
  edits: HeadEdits | undefined,
): readonly { readonly name: string; readonly spelling: string; readonly value: string }[] {
  if (edits === undefined)
    return names.map((name, at) => ({ name, spelling: raw[2 * at] ?? name, value: values[at] ?? '' }));
  const changed = edits.fields();
  return changed.names.map((name, at) => ({ name, spelling: name, value: changed.values[at] ?? '' }));
}

/**
 * The header fields for a server, built from nothing: end-to-end fields in their spelling and order (repeated ones
 * together), then framing, then `added` (X-Forwarded-For) behind any the client sent.
 */
export function serverFields(
  raw: readonly string[],
  head: RequestHead,
  edits: HeadEdits | undefined,
  added: readonly Added[],
  close: boolean,
): Record<string, string | string[]> {
  const { names, values } = head.fields;
  const fields = new Map<string, { readonly spelling: string; readonly values: string[] }>();
  const add = (spelling: string, value: string) => {
    const name = spelling.toLowerCase();
    const field = fields.get(name);
    if (field === undefined) fields.set(name, { spelling, values: [value] });
    else field.values.push(value);
  };
  const left = forwardsLeft(head.method, () => values[names.indexOf('max-forwards')]);
  for (const { name, spelling, value } of linesOf(raw, head.fields, edits)) {
    const lost = staysOnHop(name, head.options) || own.has(name) || (left !== undefined && name === 'max-forwards');
    if (!lost) add(spelling, value);
  }
  if (left !== undefined) add('Max-Forwards', String(left - 1));
  if (head.framing === 'chunked') add('Transfer-Encoding', 'chunked');
  else if (names.includes('content-length')) add('Content-Length', String(head.contentLength));
  for (const [name, value] of added) add(name, value);
  if (head.upgrade !== undefined) {
    add('Connection', head.options.upgrade);
    add('Upgrade', head.upgrade);
  } else add('Connection', close ? 'close' : 'keep-alive');
  // One value as text: Node insists on it for Host.
  return Object.fromEntries(
    [...fields.values()].map(({ spelling, values: all }) => [spelling, all.length === 1 ? (all[0] ?? '') : all]),
  );
}

/** The header fields of a server's answer for the client, as a flat list of names and values. */
export function clientFields(raw: readonly string[], head: ResponseHead, edits: HeadEdits | undefined): string[] {
  const { names } = head.fields;
  const fields: string[] = [];
  // What a 426 would speak instead is of use to the client (RFC 9110 §15.5.22).
  const offers = head.status === 426 && names.includes('upgrade');
  for (const { name, spelling, value } of linesOf(raw, head.fields, edits)) {
    const lost =
      staysOnHop(name, head.options) || name === 'trailer' || (head.status === 204 && name === 'content-length');
    if (!lost || (offers && name === 'upgrade')) fields.push(spelling, value);
  }
  if (offers) fields.push('Connection', head.options.upgrade || 'Upgrade');
  return fields;
}
