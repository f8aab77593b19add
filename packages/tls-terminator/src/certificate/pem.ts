/** Splits PEM text (RFC 7468) into blocks. Pure; as lenient as OpenSSL, and precise where it only says "bad end line". */

import type { X509Certificate } from 'node:crypto';

export interface PemBlock {
  /** Counts the BEGIN lines of its file, from 1. */
  readonly number: number;
  /** Line of the BEGIN line, from 1. */
  readonly line: number;
  readonly label: string;
  /** Empty for an encrypted block of the old form: only OpenSSL can read that, from `text`. */
  readonly der: Buffer;
  /** The text of the block, with its headers. */
  readonly text: string;
}

/** Why a part of the text is not a block. */
export interface PemFault {
  readonly block: number;
  readonly line: number;
  readonly message: string;
}

export interface PemText {
  readonly blocks: readonly PemBlock[];
  readonly faults: readonly PemFault[];
}

const BEGIN = /^-----BEGIN ([^-]+)-----$/;
const END = /^-----END ([^-]+)-----$/;
const GLUED = /^-----END ([^-]+)-----\s*-----BEGIN ([^-]+)-----$/;

interface OpenBlock {
  readonly number: number;
  readonly line: number;
  readonly label: string;
  readonly body: string[];
}

/** Reads every block. Text around blocks is ignored: `openssl x509 -text` and PKCS#12 exports put it there. */
export function readPem(text: string): PemText {
  const blocks: PemBlock[] = [];
  const faults: PemFault[] = [];
  let count = 0;
  let open: OpenBlock | undefined;
  const begin = (label: string, line: number): OpenBlock => {
    count += 1;
    return { number: count, line, label, body: [] };
  };
  const fault = (line: number, message: string): void => {
    faults.push({ block: open?.number ?? count + 1, line, message });
  };

  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const number = index + 1;
    const line = raw.trimEnd();
    const opening = BEGIN.exec(line)?.[1];
    if (open === undefined) {
      if (opening !== undefined) open = begin(opening, number);
      else if (/^\s+-----BEGIN /.test(line)) {
        fault(number, 'the BEGIN line is indented; every line of a PEM file starts in the first column');
        count += 1;
      }
      continue;
    }
    const glued = GLUED.exec(line);
    const closing = END.exec(line)?.[1];
    if (glued !== null) {
      fault(
        number,
        `'END ${glued[1]}' and 'BEGIN ${glued[2]}' are on one line: a file without a newline at its end was put in front of another; break the line between them`,
      );
      open = begin(glued[2] ?? '', number);
    } else if (opening !== undefined) {
      fault(
        open.line,
        `the ${open.label} that begins here has no END line before the next BEGIN on line ${number}: it is cut off`,
      );
      open = begin(opening, number);
    } else if (closing === undefined) {
      open.body.push(line);
    } else {
      const der = closing === open.label ? decode(open.body) : `it begins as ${open.label} and ends as ${closing}`;
      if (typeof der === 'string') fault(open.line, der);
      else blocks.push({ number: open.number, line: open.line, label: open.label, der, text: blockText(open) });
      open = undefined;
    }
  }
  if (open !== undefined) fault(open.line, `the ${open.label} that begins here has no END line: the file is cut off`);
  return { blocks, faults };
}

/** DER as a PEM block, for what was not PEM before. */
export function toPem(label: string, der: Buffer): string {
  return `-----BEGIN ${label}-----\n${der.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
}

function blockText(block: OpenBlock): string {
  return `-----BEGIN ${block.label}-----\n${block.body.join('\n')}\n-----END ${block.label}-----\n`;
}

/** The bytes, or what is wrong with the text. Headers (RFC 1421) end at an empty line. */
function decode(body: readonly string[]): Buffer | string {
  if (body.some((line) => line.startsWith('Proc-Type: 4,ENCRYPTED'))) return Buffer.alloc(0);
  const headerEnd = body.some((line) => line.includes(':')) ? body.indexOf('') + 1 : 0;
  const text = body.slice(headerEnd).join('').replaceAll(/\s/g, '');
  if (text === '') return 'there is nothing between its BEGIN and END lines';
  const odd = /[^A-Za-z0-9+/=]/.exec(text)?.[0];
  if (odd !== undefined) return `its text is not base64: it holds '${odd}'`;
  const der = Buffer.from(text, 'base64');
  if (der.toString('base64') !== text) return 'its text is not complete base64: characters are missing or too many';
  return der;
}

const pems = new WeakMap<X509Certificate, string>();

/** A certificate as PEM; made once. */
export function certificatePem(certificate: X509Certificate): string {
  const known = pems.get(certificate) ?? toPem('CERTIFICATE', certificate.raw);
  pems.set(certificate, known);
  return known;
}
