import { isIPv4 } from 'node:net';
import type { Endpoint } from '../net/endpoint.ts';
import { addressFromBytes, addressToBytes } from '../net/ip-bytes.ts';
import { NO_HEADER } from './header.ts';
import type { Decoded } from './header.ts';

/** The longest line, CRLF included (spec §2.1). */
const maxLine = 107;
const start = Buffer.from('PROXY ');
const carriageReturn = 0x0d;
const lineFeed = 0x0a;

/** Version 1: one line of text, `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443` and CRLF. */
export function decodeV1(bytes: Buffer): Decoded {
  const known = Math.min(bytes.length, start.length);
  if (start.compare(bytes, 0, known, 0, known) !== 0) return invalid(NO_HEADER);
  const line = bytes.subarray(0, maxLine);
  const cr = line.indexOf(carriageReturn);
  const lf = line.indexOf(lineFeed);
  if (lf !== -1 && lf !== cr + 1) return invalid('a line feed without its carriage return');
  if (cr !== -1 && cr + 1 < line.length && lf !== cr + 1) return invalid('a carriage return without its line feed');
  if (lf === -1)
    return line.length === maxLine ? invalid(`no end of line within ${maxLine} bytes`) : { kind: 'need-more' };
  return parse(line.toString('latin1', 0, cr).split(' '), lf + 1);
}

function parse(words: readonly string[], length: number): Decoded {
  const [, family, source, destination, sourcePort, destinationPort, ...rest] = words;
  if (family === 'UNKNOWN') {
    return {
      kind: 'header',
      length,
      header: { version: 1, command: 'LOCAL', source: undefined, destination: undefined, tlvs: [] },
    };
  }
  if (family !== 'TCP4' && family !== 'TCP6') return invalid('the family is neither TCP4, TCP6 nor UNKNOWN');
  if (rest.length > 0) return invalid('words after the destination port');
  const from = endpoint(family, source, sourcePort);
  const to = endpoint(family, destination, destinationPort);
  if (from === undefined || to === undefined)
    return invalid(`the ${from === undefined ? 'source' : 'destination'} is not a ${family} address and port`);
  return { kind: 'header', length, header: { version: 1, command: 'PROXY', source: from, destination: to, tlvs: [] } };
}

function endpoint(
  family: 'TCP4' | 'TCP6',
  address: string | undefined,
  port: string | undefined,
): Endpoint | undefined {
  if (address === undefined || port === undefined) return undefined;
  if (!/^(0|[1-9]\d{0,4})$/.test(port) || Number(port) > 65535) return undefined;
  if (isIPv4(address) !== (family === 'TCP4')) return undefined;
  const bytes = addressToBytes(address);
  return bytes && { address: addressFromBytes(bytes), port: Number(port) };
}

function invalid(reason: string): Decoded {
  return { kind: 'invalid', reason };
}
