/** Error pages in files: complete HTTP answers (configuration manual §4.2, `errorfile`). */
import { reasonFor } from '@headgate/shared/process/regular-file';
import type { Encoding, FileText } from '@headgate/shared/process/regular-file';
import type { Answer } from '../model/answer.ts';
import { bodyWith } from './outgoing.ts';

/** The largest page, as in HAProxy. */
const MAX_LENGTH = 16_384;
const OURS = ['connection', 'content-length', 'transfer-encoding', 'keep-alive'];

type ReadFile = (path: string, encoding: Encoding) => FileText;

/** The page in a file, or what is wrong with it; with /dev/null nothing is sent. */
export function errorFile(path: string, status: number, readFile: ReadFile): Answer | string {
  if (path === '/dev/null') return { status, reason: '', headers: [], body: '', close: true, nothing: true };
  const text = readFile(path, 'latin1');
  if (typeof text !== 'string') return `'${path}' cannot be read${reasonFor(text)}`;
  const answer = parseErrorFile(text, status);
  return typeof answer === 'string' ? `'${path}': ${answer}` : answer;
}

/** Parses the complete HTTP response in an `errorfile`, one byte a character; returns a string if it is invalid. Framing and connection headers are added by the engine. */
export function parseErrorFile(text: string, code: number): Answer | string {
  if (text.length > MAX_LENGTH) return `longer than ${MAX_LENGTH} bytes`;
  const split = /\r?\n\r?\n/.exec(text);
  if (split === null) return 'no empty line between head and body';
  const [first = '', ...lines] = text.slice(0, split.index).split(/\r?\n/);
  const start = /^HTTP\/1\.[01] (\d{3})(?: ([\t\x20-\x7e]*))?$/.exec(first);
  if (start === null) return 'the first line is not one of an HTTP answer (HTTP/1.1 503 Service Unavailable)';
  const headers: [string, string][] = [];
  for (const line of lines) {
    const header = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e]*?)[ \t]*$/.exec(line);
    if (header === null) return `'${line.slice(0, 60)}' is not a header`;
    const name = (header[1] ?? '').toLowerCase();
    if (!OURS.includes(name)) headers.push([name, header[2] ?? '']);
  }
  const body = bodyWith(Buffer.from(text.slice(split.index + split[0].length), 'latin1'));
  return { status: Number(start[1]), reason: start[2] ?? '', headers, body, close: code === 400 || code === 408 };
}
