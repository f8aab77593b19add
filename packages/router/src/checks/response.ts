/** The response to the request of a health check. Pure; lenient where traffic is strict, because only its meaning counts here. */
import { ChunkedBody, INVALID } from '../http/body.ts';
import { isBodiless } from '../http/head-edits.ts';
import type { ResponseFacts } from '../model/facts.ts';

const STATUS_LINE = /^HTTP\/(1\.[01]) (\d{3})(?: ([^\r]*))?\r?$/;
/** A field, or the continuation of one. */
const FIELD = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:|[ \t])/;
/** Trailers of a check's response are of no interest. */
const TRAILER_LIMIT = 1024;

export interface CheckResponse {
  readonly facts: ResponseFacts;
  /** Where the body begins; -1 while the head is incomplete. */
  readonly body: number;
  /** Its fields are such, and so is the length that they announce. */
  readonly valid: boolean;
}

/** Reads as much of the response as there is; undefined without a status line, `facts` without fields until the head is complete. */
export function readResponse(text: string): CheckResponse | undefined {
  const first = text.indexOf('\n');
  if (first === -1) return undefined;
  const [, version, status, reason = ''] = STATUS_LINE.exec(text.slice(0, first)) ?? [];
  if (version !== '1.0' && version !== '1.1') return undefined;
  // From the end of the status line, which the blank line follows when there are no fields.
  const end = /\n\r?\n/.exec(text.slice(first));
  const at = first + (end?.index ?? 0);
  const lines = end === null ? [] : text.slice(first + 1, at).split('\n');
  const names: string[] = [];
  const values: string[] = [];
  let valid = true;
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (!FIELD.test(line) && line.trim() !== '') valid = false;
    if (colon <= 0) continue;
    names.push(line.slice(0, colon).trim().toLowerCase());
    values.push(line.slice(colon + 1).trim());
  }
  const header = (name: string): readonly string[] => values.filter((_, index) => names[index] === name);
  const response: CheckResponse = {
    facts: {
      status: Number(status),
      version,
      reason,
      header,
      fields: { names, values },
      body() {
        const { content } = contentOf(text, response);
        const announced = Number(header('content-length')[0]);
        const size = Number.isNaN(announced) ? content.length : announced;
        return { text: content, length: content.length, size, enough: () => true };
      },
    },
    body: end === null ? -1 : at + end[0].length,
    valid: valid && header('content-length').every((length) => /^\d{1,15}$/.test(length)),
  };
  return response;
}

/** The content of the body so far, without its chunks, and whether that is all of it. */
export function contentOf(
  text: string,
  { facts, body }: CheckResponse,
): { readonly content: string; readonly complete: boolean } {
  if (body < 0) return { content: '', complete: false };
  if (isBodiless(facts.status)) return { content: '', complete: true };
  const rest = text.slice(body);
  if (facts.header('transfer-encoding').some((value) => /chunked/i.test(value))) return unchunked(rest);
  const [length] = facts.header('content-length');
  if (length === undefined || !/^\d{1,15}$/.test(length)) return { content: rest, complete: false };
  return { content: rest.slice(0, Number(length)), complete: rest.length >= Number(length) };
}

function unchunked(text: string): { readonly content: string; readonly complete: boolean } {
  const chunks = new ChunkedBody(TRAILER_LIMIT);
  let content = '';
  chunks.onContent = (chunk, from, to) => (content += chunk.toString('latin1', from, to));
  const end = chunks.feed(Buffer.from(text, 'latin1'), 0);
  return { content, complete: chunks.complete || end === INVALID };
}
