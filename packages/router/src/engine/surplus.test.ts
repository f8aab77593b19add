import assert from 'node:assert/strict';
import test from 'node:test';
import { HTTP_ENGINES, startBench } from './testing.ts';
import type { RawSocket } from '../../../../test/support/raw.ts';

/** Sizes of reads that some layer has, and their neighbours; the rest at random, and told when it fails. */
const SIZES = [4096, 16_384, 65_536, 131_072].flatMap((size) => [size - 1, size, size + 1]);
for (let count = 0; count < 8; count += 1) SIZES.push(100 + Math.floor(Math.random() * 200_000));

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const SURPLUS = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nLEAKS';

/** An answer of exactly this many bytes. */
function answerOf(size: number): string {
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 000000\r\n\r\n';
  const length = size - head.length;
  return head.replace('000000', String(length).padStart(6, '0')) + 'x'.repeat(length);
}

for (const engine of HTTP_ENGINES) {
  test(
    `${engine}: an unsolicited answer is never used, wherever the one before it ends`,
    { timeout: 60_000 },
    async (t) => {
      // The next request comes as soon as it can: pipelined behind the one that is answered twice.
      let size = 0;
      const reply = (connection: RawSocket): void => {
        let seen = 0;
        connection.socket.on('data', () => {
          const heads = connection.text.split('\r\n\r\n').slice(0, -1);
          for (const head of heads.slice(seen))
            connection.send(head.startsWith('GET /twice') ? answerOf(size) + SURPLUS : OK);
          seen = heads.length;
        });
      };
      const bench = await startBench(t, reply, { engine, backend: ['http-reuse always'] });
      for (size of SIZES) {
        const client = await bench.open();
        client.send('GET /twice HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
        const text = await client.rest();
        assert.doesNotMatch(text, /LEAKS/, `an answer of ${size} bytes`);
        assert.match(text, /ok$/, `an answer of ${size} bytes`);
      }
    },
  );
}
