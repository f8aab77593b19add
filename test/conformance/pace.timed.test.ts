import assert from 'node:assert/strict';
import { conformance, message } from '../support/conformance.ts';
import type { Bench } from '../support/conformance.ts';
import { openRaw } from '../support/raw.ts';
import type { RawSocket } from '../support/raw.ts';
import { socketsOf } from '../support/sockets.ts';
import { until } from '../support/until.ts';

/** Timeouts run only for the party that is holding things up: a peer is never cut off for another's delay. */

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
/** More than the sockets between a server and a client can hold. */
const MUCH = 30_000_000;

function muchTo(_: unknown, connection: RawSocket): void {
  connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${MUCH}\r\n\r\n`);
  connection.send(Buffer.alloc(MUCH));
}

/** Occupies the server's only slot until `free` is called. */
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

/** Resolves once the router has cut off two silent clients in a row: timeout client has then passed twice in its own clock. */
async function timeoutPassesTwice(t: Parameters<typeof openRaw>[0], { port }: Bench): Promise<void> {
  for (let times = 0; times < 2; times += 1) {
    const silent = await openRaw(t, port);
    silent.send('GET / HTTP/1.1\r\n');
    await silent.ended();
  }
}

conformance(
  'timeout client',
  { frontend: ['timeout client 1s', 'timeout http-request 1h'], backend: ['timeout queue 1h'], server: 'maxconn 1' },
  {
    'does not run while an upload is queued and not being read': async (t, bench) => {
      const free = await takePlace(bench, t, '/taken');
      bench.origin.otherwise = OK;
      const client = await openRaw(t, bench.port);
      client.send(`POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n${'u'.repeat(300_000)}`);
      await timeoutPassesTwice(t, bench);
      free();
      await client.expect(/^HTTP\/1\.1 200 [^]*ok$/);
      assert.equal(bench.origin.to('/upload')[0]?.body.length, 300_000);
    },
    'does not run while an upload is held back because its server is not connected yet': async (t, bench) => {
      const free = await takePlace(bench, t, '/taken-too');
      const client = await openRaw(t, bench.port);
      client.send(message('POST /rest HTTP/1.1|Host: a|Content-Length: 4||ab'));
      await timeoutPassesTwice(t, bench);
      free();
      await bench.origin.head('/rest');
      client.send('cd');
      await client.expect(/^HTTP\/1\.1 200 [^]*ok$/);
    },
    'does not run while the server does not read an upload': async (t, bench) => {
      bench.origin.replies.set('/unread', (request, connection) => {
        connection.socket.pause();
        void timeoutPassesTwice(t, bench)
          .then(() => connection.socket.resume())
          .then(() => until('the complete upload', () => request.complete))
          .then(() => connection.send(OK));
      });
      const client = await openRaw(t, bench.port);
      client.send(message(`POST /unread HTTP/1.1|Host: a|Content-Length: ${MUCH}`));
      client.send(Buffer.alloc(MUCH));
      await client.expect(/^HTTP\/1\.1 200 [^]*ok$/);
    },
    'runs for a response that is not read, although its request completes only later': async (t, bench) => {
      bench.origin.replies.set('/untaken', muchTo);
      const client = await openRaw(t, bench.port);
      client.send(message('POST /untaken HTTP/1.1|Host: a|Content-Length: 4||ab'));
      client.socket.pause();
      const { connection } = await bench.origin.head('/untaken');
      await until('the server to be stopped', () => connection.socket.writableNeedDrain);
      client.send('cd');
      await connection.ended();
      await bench.syslog.message(/ 200 \d+ - - cD-- .*"POST \/untaken /);
    },
    'runs for an upload that stalls after a response that was read slowly': async (t, bench) => {
      bench.origin.replies.set('/stops', muchTo);
      const client = await openRaw(t, bench.port);
      client.send(message('POST /stops HTTP/1.1|Host: a|Content-Length: 4||ab'));
      client.socket.pause();
      const { connection } = await bench.origin.head('/stops');
      await until('the server to be stopped', () => connection.socket.writableNeedDrain);
      client.socket.resume();
      await client.ended();
    },
    'cuts a response until close by a reset': async (t, bench) => {
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
    'does not delay the close of a connection after its last response': async (t, bench) => {
      bench.origin.replies.set('/hangs-up', (_, connection) => connection.end());
      const client = await openRaw(t, bench.port);
      client.send(message('POST /hangs-up HTTP/1.1|Host: a|Content-Length: 4||ab'));
      await client.expect(/^HTTP\/1\.1 502 [^]*<\/html>\n$/);
      const sockets = await socketsOf(bench.process.pid);
      // The client keeps sending and does not half-close.
      client.send('cd');
      await until('the router to close it', async () => (await socketsOf(bench.process.pid)) < sockets);
    },
    'ends an idle connection before a longer timeout http-keep-alive does': async (t, bench) => {
      const client = await openRaw(t, bench.port);
      client.send(message('GET /idle HTTP/1.1|Host: a'));
      await client.expect(/ok$/);
      await client.ended();
    },
  },
);

conformance(
  'a half-closed client',
  { frontend: ['timeout client-fin 1s'] },
  {
    'gets a response that takes longer than timeout client-fin but never stalls': async (t, bench) => {
      bench.origin.replies.set('/pieces', (_, connection) => {
        connection.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n');
        let left = 10;
        const pieces = setInterval(() => {
          connection.send('x');
          if (--left === 0) clearInterval(pieces);
        }, 150);
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
  'pipelined requests whose responses are not read',
  { frontend: ['timeout client 500ms', 'redirect prefix https://elsewhere.example if { path /r }'] },
  {
    'stop being read, and their connection is closed': async (t, bench) => {
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
      await client.ended();
      assert.ok(sent < most, 'not all of it was read');
    },
  },
);

conformance(
  'empty lines before a request',
  { frontend: ['timeout http-request 400ms'] },
  {
    'do not extend the timeout': async (t, bench) => {
      const client = await openRaw(t, bench.port);
      const drip = setInterval(() => client.socket.writable && client.send('\r\n'), 100);
      t.after(() => clearInterval(drip));
      assert.match(await client.rest(), /^HTTP\/1\.1 40[08] /);
    },
  },
);
