import assert from 'node:assert/strict';
import test from 'node:test';
import { otherProtocol } from './other-protocol.ts';

const PROXY = 'a PROXY header, on a bind without accept-proxy';
const STARTS: readonly (readonly [bytes: string, name: string | undefined])[] = [
  ['\x16\x03\x01\x02\x00\x01', 'TLS, on a plain-text port'],
  ['\r\n\r\n\0\r\nQUIT\n\x21\x11', PROXY],
  ['PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n', PROXY],
  ['SSH-2.0-OpenSSH_9\r\n', 'SSH'],
  ['PROXYGET / HTTP/1.1\r\n', undefined],
  ['GET / HTTP/1.1\r\n', undefined],
  ['', undefined],
];

for (const [bytes, name] of STARTS) {
  test(`${JSON.stringify(bytes)} is ${name ?? 'nothing that is known'}`, () =>
    assert.equal(otherProtocol(Buffer.from(bytes, 'latin1')), name));
}
