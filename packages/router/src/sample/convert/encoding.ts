import { oneOf, optional, positive, required } from '../arguments.ts';
import { onNumber, onText } from '../row.ts';
import type { Converter } from '../row.ts';
import { wrapped } from '../value.ts';

const UNRESERVED = /[^A-Za-z0-9\-._~]/g;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const BASE64_URL = /^[A-Za-z0-9_-]*={0,2}$/;

/** Decodes `%41`; a plus is a blank only in a query. Undefined for a percent sign without two digits. */
function decodeUrl(text: string, inQuery: boolean): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  const blanks = (part: string): string => part.replaceAll('+', ' ');
  const question = text.indexOf('?');
  const spaced = inQuery ? blanks(text) : question < 0 ? text : text.slice(0, question) + blanks(text.slice(question));
  return spaced.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Chunks of bytes joined by a separator; `whole`: an incomplete last chunk is dropped. */
function chunks(doc: string, example: string, needed: boolean, write: (chunk: Buffer) => string): Converter {
  const separator = needed ? required('separator') : optional('separator');
  return {
    from: 'bin',
    to: 'str',
    args: [
      separator,
      (needed ? required : optional)('size', needed ? oneOf('1', '2', '3', '4', '5', '6', '7', '8') : positive),
      optional('truncate', oneOf('0', '1')),
    ],
    doc,
    example,
    compile(args) {
      const between = args.text(0);
      const size = args.number(1);
      const onlyWhole = args.number(2) === 1;
      if (size === 0 && between !== '') return 'needs a chunk size above 0';
      return onText((text) => {
        const input = Buffer.from(text, 'latin1');
        const parts: string[] = [];
        if (size === 0) return write(input);
        for (let at = 0; at < input.length; at += size)
          if (!onlyWhole || at + size <= input.length) parts.push(write(input.subarray(at, at + size)));
        return parts.join(between);
      });
    },
  };
}

/** Encodings of bytes and numbers (HAProxy manual §7.3.1). */
export const encodings: Readonly<Record<string, Converter>> = {
  base64: {
    from: 'bin',
    to: 'str',
    doc: 'Bytes as base64.',
    example: 'src,base64',
    compile: () => onText((text) => Buffer.from(text, 'latin1').toString('base64')),
  },
  b64dec: {
    from: 'str',
    to: 'bin',
    doc: 'Decodes base64; no value for invalid input.',
    example: 'hdr(x-token),b64dec',
    compile: () =>
      onText((text) =>
        BASE64.test(text) && text.length % 4 === 0 ? Buffer.from(text, 'base64').toString('latin1') : undefined,
      ),
  },
  ub64enc: {
    from: 'bin',
    to: 'str',
    doc: 'Bytes as URL-safe base64, without padding.',
    example: 'hdr(x-id),ub64enc',
    compile: () => onText((text) => Buffer.from(text, 'latin1').toString('base64url')),
  },
  ub64dec: {
    from: 'str',
    to: 'bin',
    doc: 'Decodes URL-safe base64; no value for invalid input.',
    example: 'hdr(x-token),ub64dec',
    compile: () =>
      onText((text) =>
        BASE64_URL.test(text) && text.replace(/=+$/, '').length % 4 !== 1
          ? Buffer.from(text, 'base64url').toString('latin1')
          : undefined,
      ),
  },
  hex: {
    from: 'bin',
    to: 'str',
    doc: 'Bytes as pairs of hexadecimal digits.',
    example: 'base32+src,hex',
    compile: () => onText((text) => Buffer.from(text, 'latin1').toString('hex').toUpperCase()),
  },
  hex2i: {
    from: 'str',
    to: 'sint',
    doc: 'Hexadecimal digits as an integer; no value for anything else.',
    example: 'hdr(x-flags),hex2i',
    compile: () => onText((text) => (/^[0-9a-f]{0,64}$/i.test(text) ? wrapped(BigInt(`0x0${text}`)) : undefined)),
  },
  htonl: {
    from: 'sint',
    to: 'bin',
    doc: 'The low 32 bits of an integer as four bytes, most significant first.',
    example: 'src_port,htonl,hex',
    compile: () =>
      onNumber((value) => {
        const bytes = Buffer.allocUnsafe(4);
        bytes.writeUInt32BE(Number(BigInt.asUintN(32, BigInt(value))));
        return bytes.toString('latin1');
      }),
  },
  be2dec: chunks(
    'Chunks of bytes, most significant first, as decimal integers joined by a separator.',
    'hdr(x-bin),be2dec(:,2)',
    true,
    (chunk) => String(BigInt(`0x${chunk.toString('hex')}`)),
  ),
  be2hex: chunks(
    'Chunks of bytes as hexadecimal digits joined by a separator.',
    'hdr(x-bin),be2hex(:,2)',
    false,
    (chunk) => chunk.toString('hex').toUpperCase(),
  ),
  url_dec: {
    from: 'str',
    to: 'str',
    args: [optional('in_form', oneOf('0', '1'))],
    doc: 'Decodes percent-encoding; + is a blank after a ?, or everywhere with the argument 1. No value when an encoding is invalid.',
    example: 'urlp(name),url_dec(1)',
    compile(args) {
      const inQuery = args.number(0) === 1;
      return onText((text) => decodeUrl(text, inQuery));
    },
  },
  url_enc: {
    from: 'str',
    to: 'str',
    args: [optional('type', oneOf('query'))],
    doc: 'Percent-encodes everything except letters, digits and - . _ ~.',
    example: 'hdr(x-name),url_enc',
    compile: () => onText((text) => text.replace(UNRESERVED, percent)),
  },
};
