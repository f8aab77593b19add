import type { Answer } from '../model/answer.ts';
import { HeadBytes, SLOW } from './head-bytes.ts';
import { WireResponse } from './response-facts.ts';

/** A generated answer as the rules see it; undefined for an `errorfile`, whose head is sent byte for byte as it was written. */
export function answerFacts({ status, reason, headers }: Answer, limit: number): WireResponse | undefined {
  const line = `HTTP/1.1 ${status} ${reason}\r\n`;
  const text = `${line}${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const lines = new HeadBytes();
  const bytes = Buffer.from(text, 'latin1');
  lines.copy(bytes, 0, bytes.length);
  if (lines.readLines(line.length, Infinity) === SLOW) return undefined;
  return new WireResponse({ lines, status, version: '1.1', fields: lines.fields }, limit);
}

/** The answer with the edits of the rules applied. */
export function editedAnswer(answer: Answer, { status, reason, fields }: WireResponse): Answer {
  return { ...answer, status, reason, headers: fields.names.map((name, at) => [name, fields.values[at] ?? '']) };
}
