import assert from 'node:assert/strict';
import { startAttacked } from '../../support/attacked.ts';
import { exchange } from '../../support/raw.ts';
import { forEachEngine } from '../../support/scenario.ts';

const SPOKEN: readonly (readonly [said: string, reason: string])[] = [
  ['\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03', 'TLS, on a plain-text port'],
  ['\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x0c', 'a PROXY header, on a bind without accept-proxy'],
  [
    'PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'a PROXY header, on a bind without accept-proxy',
  ],
];

forEachEngine(
  'a client that speaks another protocol is answered 400, and the log names the protocol',
  async (t, engine) => {
    const { port, process } = await startAttacked(t, engine);
    for (const [said] of SPOKEN) assert.match(await exchange(t, port, said), /^HTTP\/1\.1 400 /);
    const lines = SPOKEN.map(([, reason]) => `Refused a request from 127\\.0\\.0\\.1:\\d+: ${reason}`);
    await process.says(new RegExp(lines.join('[^]*')));
  },
);
