import assert from 'node:assert/strict';
import { conformance, message } from '../support/conformance.ts';
import type { Bench } from '../support/conformance.ts';
import { openRaw } from '../support/raw.ts';
import type { RawSocket } from '../support/raw.ts';
import { socketsOf } from '../support/sockets.ts';
import { until } from '../support/until.ts';

/** Whose turn it is, and whose timeout runs: nobody is cut off for the time another one takes. */

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
/** More than the sockets between a server and a client hold. */
const MUCH = 30_000_000;

function muchTo(_: unknown, connection: RawSocket): void {
  connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${MUCH}\r\n\r\n`);
  connection.send(Buffer.alloc(MUCH));
}

/** The one place of the server is taken until `free` is called. */
async function takePlace(
  { origin, port }: Bench,
  t: Parameters<typeof openRaw>[0],
  target: string,
): Promise<() => void> {
  origin.replies.set(target, () => {});
  const first = await openRaw(t, port);
  first.send(message(`GET ${target} HTTP/1.1|Host: a`));
  const { connection } = await origin.head(target);
  return () => connection.send(OK);
}

/** Real time must pass for a timeout that must not fire. */
function twice(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2 * milliseconds));
}

conformance(
  'timeout client',
  { frontend: ['timeout client 300ms', 'timeout http-request 1s'], backend: ['timeout queue 5s'], server: 'maxconn 1' },
  {
    'does not run while an upload waits in a queue and is not read': async (t, bench) => {
      const free = await takePlace(bench, t, '/taken');
      bench.origin.otherwise = OK;
      const client = await openRaw(t, bench.port);
      client.send(`POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n${'u'.repeat(300_000)}`);
      await twice(300);
      free();
      await client.expect(/^HTTP\/1\.1 200 [^]*ok$/);
      assert.equal(bench.origin.to('/upload')[0]?.body.length, 300_000);
    },
    'does not run while the rest of an upload may not come, because its server is not there yet': async (t, bench) => {
      const free = await takePlace(bench, t, '/taken-too');
      const client = await openRaw(t, bench.port);
      client.send(message('POST /rest HTTP/1.1|Host: a|Content-Length: 4||ab'));
      await twice(300);
      free();
      await bench.origin.head('/rest');
      client.send('cd');
      await client.expect(/^HTTP\/1\.1 200 [^]*ok$/);
    },
    'does not run while the server does not read an upload': async (t, bench) => {
      bench.origin.replies.set('/unread', (request, connection) => {
        connection.socket.pause();
        void twice(300)
          .then(() => connection.socket.resume())
          .then(() => until('the whole upload', () => request.complete))
          .then(() => connection.send(OK));
      });
      const client = await openRaw(t, bench.port);
      client.send(message(`POST /unread HTTP/1.1|Host: a|Content-Length: ${MUCH}`));
      client.send(Buffer.alloc(MUCH));
      await client.expect(/^HTTP\/1\.1 200 [^]*ok$/);
    },
    'runs for an answer that is not taken, although its request is complete only afterwards': async (t, bench) => {
      bench.origin.replies.set('/untaken', muchTo);
      const client = await openRaw(t, bench.port);
      client.send(message('POST /untaken HTTP/1.1|Host: a|Content-Length: 4||ab'));
      client.socket.pause();
      const { connection } = await bench.origin.head('/untaken');
      await until('the server to be stopped', () => connection.socket.writableNeedDrain);
      client.send('cd');
      await connection.ended(3_000);
      await bench.syslog.message(/ 200 \d+ - - cD-- .*"POST \/untaken /);
    },
    'runs for an upload that stops behind an answer that was slow to take': async (t, bench) => {
      bench.origin.replies.set('/stops', muchTo);
      const client = await openRaw(t, bench.port);
      client.send(message('POST /stops HTTP/1.1|Host: a|Content-Length: 4||ab'));
      client.socket.pause();
      const { connection } = await bench.origin.head('/stops');
      await until('the server to be stopped', () => connection.socket.writableNeedDrain);
      client.socket.resume();
      await client.ended(5_000);
    },
    'cuts an answer until close by a reset': async (t, bench) => {
      bench.origin.replies.set('/until-close', (_, connection) => {
        connection.send('HTTP/1.1 200 OK\r\n\r\n');
        connection.send(Buffer.alloc(MUCH));
      });
      const client = await openRaw(t, bench.port);
      client.send(message('GET /until-close HTTP/1.0'));
      client.socket.pause();
      await bench.syslog.message(/ 200 \d+ - - cD-- .*"GET \/until-close /);
      client.socket.resume();
      assert.equal(await client.ended(), 'reset');
    },
    'is not what a connection waits for that has its last answer': async (t, bench) => {
      bench.origin.replies.set('/hangs-up', (_, connection) => connection.end());
      const client = await openRaw(t, bench.port);
      client.send(message('POST /hangs-up HTTP/1.1|Host: a|Content-Length: 4||ab'));
      await client.expect(/^HTTP\/1\.1 502 [^]*<\/html>\n$/);
      const sockets = await socketsOf(bench.process.pid);
      // The client sends on, and does not end its side.
      client.send('cd');
      await until('the router to let go of it', async () => (await socketsOf(bench.process.pid)) < sockets, 5_000);
    },
    'ends an idle connection before a longer timeout http-keep-alive does': async (t, bench) => {
      const client = await openRaw(t, bench.port);
      client.send(message('GET /idle HTTP/1.1|Host: a'));
      await client.expect(/ok$/);
      const since = performance.now();
      await client.ended();
      assert.ok(performance.now() - since < 900, 'long before a second has passed');
    },
  },
);

conformance(
  'a half-closed client',
  { frontend: ['timeout client-fin 300ms'] },
  {
    'gets an answer that takes longer than timeout client-fin but never stops': async (t, bench) => {
      bench.origin.replies.set('/pieces', (_, connection) => {
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n');
        let left = 10;
        const pieces = setInterval(() => {
          connection.send('x');
          if (--left === 0) clearInterval(pieces);
        }, 60);
        t.after(() => clearInterval(pieces));
      });
      const client = await openRaw(t, bench.port);
      client.send(message('GET /pieces HTTP/1.1|Host: a'));
      client.end();
      assert.match(await client.rest(), /\r\n\r\nx{10}$/);
    },
  },
);

conformance(
  'pipelined requests whose answers nobody takes',
  { frontend: ['timeout client 500ms', 'redirect prefix https://elsewhere.example if { path /r }'] },
  {
    'are read no further, and their connection ends': async (t, bench) => {
      const client = await openRaw(t, bench.port);
      client.socket.pause();
      const requests = message('GET /r HTTP/1.1|Host: a').repeat(2000);
      const most = 200 * requests.length;
      let sent = 0;
      const send = (): void => {
        for (; sent < most && !client.socket.writableNeedDrain && client.socket.writable; sent += requests.length)
          client.send(requests);
      };
      client.socket.on('drain', send);
      client.socket.on('error', () => {});
      send();
      await client.ended(20_000);
      assert.ok(sent < most, 'not all of it was read');
    },
  },
);

conformance(
  'empty lines in front of a request',
  { frontend: ['timeout http-request 400ms'] },
  {
    'win no time': async (t, bench) => {
      const client = await openRaw(t, bench.port);
      const drip = setInterval(() => client.socket.writable && client.send('\r\n'), 100);
      t.after(() => clearInterval(drip));
      assert.match(await client.rest(3_000), /^HTTP\/1\.1 40[08] /);
    },
  },
);
