import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeProxyHeader } from './decode.ts';
import { maxHeaderLength } from './decode-v2.ts';
import type { ProxyHeader } from './header.ts';

const sig = '0d0a0d0a000d0a515549540a';
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

function header(bytes: Buffer): ProxyHeader {
  const decoded = decodeProxyHeader(bytes);
  assert.ok(decoded.kind === 'header', JSON.stringify(decoded));
  return decoded.header;
}

function addresses(bytes: Buffer): string {
  const { command, source, destination } = header(bytes);
  return `${command} ${source?.address}|${source?.port} ${destination?.address}|${destination?.port}`;
}

const accepted: readonly (readonly [name: string, bytes: Buffer, expected: string])[] = [
  [
    'a TCP4 line',
    Buffer.from('PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n'),
    'PROXY 192.168.0.1|56324 192.168.0.11|443',
  ],
  ['a TCP6 line', Buffer.from('PROXY TCP6 2001:DB8::1 ::1 1 65535\r\n'), 'PROXY 2001:db8::1|1 ::1|65535'],
  [
    'the longest TCP6 line',
    Buffer.from(`PROXY TCP6 ${Array(8).fill('ffff').join(':')} ${Array(8).fill('ffff').join(':')} 65535 65535\r\n`),
    `PROXY ${Array(8).fill('ffff').join(':')}|65535 ${Array(8).fill('ffff').join(':')}|65535`,
  ],
  [
    "stunnel's line for an IPv4 client of a dual-stack socket",
    Buffer.from('PROXY TCP6 ::ffff:127.0.0.1 ::ffff:127.0.0.1 35364 21003\r\n'),
    'PROXY 127.0.0.1|35364 127.0.0.1|21003',
  ],
  ['UNKNOWN', Buffer.from('PROXY UNKNOWN\r\n'), 'LOCAL undefined|undefined undefined|undefined'],
  [
    'UNKNOWN followed by anything',
    Buffer.from('PROXY UNKNOWN a b c 0 65536\r\n'),
    'LOCAL undefined|undefined undefined|undefined',
  ],
  ['a plain v2 header', hex(`${sig} 21 11 000c 01020304 05060708 03e8 01bb`), 'PROXY 1.2.3.4|1000 5.6.7.8|443'],
  [
    "HAProxy's v2 header with a checksum and an empty unique id",
    hex(`${sig} 21 11 0016 01020304 05060708 03e8 01bb 030004 4346f606 050000`),
    'PROXY 1.2.3.4|1000 5.6.7.8|443',
  ],
  [
    'a v2 header over IPv6',
    hex(`${sig} 21 21 0024 20010db8000000000000000000000001 00000000000000000000000000000001 0001 ffff`),
    'PROXY 2001:db8::1|1 ::1|65535',
  ],
  ['v2 LOCAL, whatever it carries', hex(`${sig} 20 ff 0003 ffffff`), 'LOCAL undefined|undefined undefined|undefined'],
  ['v2 without a family', hex(`${sig} 21 00 0000`), 'PROXY undefined|undefined undefined|undefined'],
  [
    'v2 of a unix stream',
    hex(`${sig} 21 31 00d8 ${'00'.repeat(216)}`),
    'PROXY undefined|undefined undefined|undefined',
  ],
];

for (const [name, bytes, expected] of accepted) {
  test(`${name} is read, and only its own bytes`, () => {
    assert.equal(addresses(bytes), expected);
    const decoded = decodeProxyHeader(Buffer.concat([bytes, Buffer.from('GET / HTTP/1.1\r\n')]));
    assert.equal(decoded.kind === 'header' && decoded.length, bytes.length);
  });
  test(`${name} may arrive one byte at a time`, () => {
    for (let end = 0; end < bytes.length; end++) {
      assert.deepEqual(decodeProxyHeader(bytes.subarray(0, end)), { kind: 'need-more' }, `after ${end} bytes`);
    }
  });
}

const refused: readonly (readonly [name: string, bytes: Uint8Array | string])[] = [
  ['plain HTTP', 'GET / HTTP/1.1\r\n'],
  ['the first byte of TLS', hex('16')],
  ['lower case', 'proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n'],
  ['a wrong second byte', 'PX'],
  ['a line feed alone', 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n'],
  ['a carriage return alone', 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rX\r\n'],
  ['a line feed before the end', 'PROXY UNKNOWN \nX\r\n'],
  ['two blanks', 'PROXY  TCP4 1.2.3.4 5.6.7.8 1 2\r\n'],
  ['a word too many', 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n'],
  ['a trailing blank', 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n'],
  ['a missing port', 'PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n'],
  ['TCP5', 'PROXY TCP5 1.2.3.4 5.6.7.8 1 2\r\n'],
  ['UDP4', 'PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n'],
  ['an IPv6 address after TCP4', 'PROXY TCP4 ::1 ::1 1 2\r\n'],
  ['an IPv4 address after TCP6', 'PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n'],
  ['an address with a zone', 'PROXY TCP6 fe80::1%lo ::1 1 2\r\n'],
  ['a byte above 255', 'PROXY TCP4 1.2.3.400 5.6.7.8 1 2\r\n'],
  ['an address with leading zeros', 'PROXY TCP4 01.2.3.4 5.6.7.8 1 2\r\n'],
  ['port 65536', 'PROXY TCP4 1.2.3.4 5.6.7.8 65536 2\r\n'],
  ['a port with leading zeros', 'PROXY TCP4 1.2.3.4 5.6.7.8 1 02\r\n'],
  ['a signed port', 'PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n'],
  ['an empty port', 'PROXY TCP4 1.2.3.4 5.6.7.8  2\r\n'],
  ['no end of line in 107 bytes', `PROXY UNKNOWN ${'x'.repeat(93)}`],
  ['an end of line after 107 bytes', `PROXY UNKNOWN ${'x'.repeat(92)}\r\n`],
  ['a broken signature', hex('0d0a0d0a00ff')],
  ['version 3', hex(`${sig} 31 11 000c 01020304 05060708 03e8 01bb`)],
  ['command 2', hex(`${sig} 22 11 000c 01020304 05060708 03e8 01bb`)],
  ['a datagram', hex(`${sig} 21 12 000c 01020304 05060708 03e8 01bb`)],
  ['an unknown family', hex(`${sig} 21 41 000c 01020304 05060708 03e8 01bb`)],
  ['a family without transport', hex(`${sig} 21 10 000c 01020304 05060708 03e8 01bb`)],
  ['addresses cut short', hex(`${sig} 21 11 000b 01020304 05060708 03e8 01`)],
  ['a TLV that runs over the end', hex(`${sig} 21 11 0010 01020304 05060708 03e8 01bb 01000200`)],
  [
    'a unique id of more than 128 bytes',
    hex(`${sig} 21 11 0090 01020304 05060708 03e8 01bb 050081 ${'75'.repeat(129)}`),
  ],
  ['a name of more than 255 bytes', hex(`${sig} 21 11 010f 01020304 05060708 03e8 01bb 020100 ${'61'.repeat(256)}`)],
  ['half a TLV', hex(`${sig} 21 11 000e 01020304 05060708 03e8 01bb 0100`)],
  ['a wrong checksum', hex(`${sig} 21 11 0016 01020304 05060708 03e8 01bb 030004 4346f607 050000`)],
  ['a checksum of two bytes', hex(`${sig} 21 11 0011 01020304 05060708 03e8 01bb 030002 0000`)],
  ['two checksums', hex(`${sig} 21 11 001a 01020304 05060708 03e8 01bb 030004 4346f606 030004 4346f606`)],
];

for (const [name, bytes] of refused) {
  test(`${name} is refused`, () => {
    assert.equal(decodeProxyHeader(Buffer.from(bytes)).kind, 'invalid');
  });
}

test('a header of the longest length is read, one byte more is refused before it arrives', () => {
  const noop = maxHeaderLength - 16 - 12 - 3;
  const start = (extra: number): Buffer => {
    const bytes = hex(`${sig} 21 11 0000 01020304 05060708 03e8 01bb 040000`);
    bytes.writeUInt16BE(12 + 3 + noop + extra, 14);
    bytes.writeUInt16BE(noop + extra, bytes.length - 2);
    return bytes;
  };
  const whole = Buffer.concat([start(0), Buffer.alloc(noop)]);
  assert.equal(whole.length, maxHeaderLength);
  assert.equal(decodeProxyHeader(whole).kind, 'header');
  assert.equal(decodeProxyHeader(start(1).subarray(0, 16)).kind, 'invalid');
});

test('malformed bytes never make the decoder throw or read beyond them', (t) => {
  const seed = Math.floor(Math.random() * 2 ** 32);
  t.diagnostic(`seed ${seed}`);
  const random = mulberry32(seed);
  const seeds = accepted.map(([, bytes]) => bytes);
  for (let round = 0; round < 20_000; round++) {
    const bytes = Buffer.from(seeds[Math.floor(random() * seeds.length)] ?? Buffer.alloc(0));
    for (let change = Math.floor(random() * 4); change > 0; change--)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    const cut = bytes.subarray(0, Math.ceil(random() * bytes.length));
    const decoded = decodeProxyHeader(cut);
    if (decoded.kind === 'header') assert.ok(decoded.length <= cut.length, `round ${round}`);
    if (decoded.kind === 'need-more') assert.ok(cut.length < maxHeaderLength, `round ${round}`);
  }
});

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
