import assert from 'node:assert/strict';
import { conformance, message } from '../support/conformance.ts';
import type { Case } from '../support/conformance.ts';
import { openRaw } from '../support/raw.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n';

/** Requests that never reach a server: status, state in the access log, and what the client sends. */
const REFUSED: Readonly<Record<string, readonly [status: number, state: string, bytes: string]>> = {
  'a head of more than 15360 bytes': [431, 'PR', `${GET}X: ${'x'.repeat(15_400)}\r\n\r\n`],
  'a head that never ends': [431, 'PR', `${GET}${'X: 0123456789\r\n'.repeat(1200)}`],
  'a request line that never ends': [414, 'PR', `GET /${'x'.repeat(16_000)}`],
  'more than a hundred header lines': [431, 'PR', `${GET}${'X: y\r\n'.repeat(100)}\r\n`],
  'an unknown minor version': [505, 'PR', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n'],
  'a body of HTTP/1.0 GET': [413, 'PR', 'GET / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello'],
  'no Host': [400, 'PR', 'GET / HTTP/1.1\r\n\r\n'],
  'two Hosts': [400, 'PR', `${GET}Host: a\r\n\r\n`],
  'another Host than the target': [400, 'PR', 'GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n'],
  'user names in the target': [400, 'PR', 'GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n'],
  'a fragment in the target': [400, 'PR', 'GET /#x HTTP/1.1\r\nHost: a\r\n\r\n'],
  '* without OPTIONS': [400, 'PR', 'GET * HTTP/1.1\r\nHost: a\r\n\r\n'],
  'CONNECT without a port': [400, 'PR', 'CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n'],
  'CONNECT with a body': [400, 'PR', 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\nhello'],
  'CONNECT with chunks': [
    400,
    'PR',
    'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  'CONNECT to port 0': [400, 'PR', 'CONNECT a:0 HTTP/1.1\r\nHost: a:0\r\n\r\n'],
  'a coding in front of chunked': [501, 'PR', `${GET}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  'a length spelled with an underscore': [400, 'PR', `${GET}Content_Length: 5\r\n\r\n`],
  'HTTP/0.9': [400, 'PR', 'GET /\r\n\r\n'],
  'three empty lines in front': [400, 'PR', `\r\n\r\n\r\n${GET}\r\n`],
  'a line feed in front': [400, 'PR', `\n${GET}\r\n`],
  'a WebSocket handshake without a key': [400, 'PR', `${GET}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`],
  'a folded header': [400, 'PR', `${GET}X: y\r\n z\r\n\r\n`],
  'line feeds alone': [400, 'PR', 'GET / HTTP/1.1\nHost: a\n\n'],
};

const cases: Record<string, Case | Case['run']> = {};

/** Where Node's parser, in front of the http-proxy engine, decides before our own rules. */
const LENIENT = "Node's parser skips empty lines and line feeds in front of a request";
const OTHERWISE: Readonly<Record<string, string>> = {
  'three empty lines in front': LENIENT,
  'a line feed in front': LENIENT,
};

for (const [what, [status, state, bytes]] of Object.entries(REFUSED)) {
  const run: Case['run'] = async (t, bench) => {
    const heard = bench.origin.requests.length;
    const client = await openRaw(t, bench.port);
    client.send(bytes);
    const answer = await client.rest();
    const said = bench.engine === 'wire' ? String(status) : '(400|413|414|431|501|505)';
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${said} [^]*\\r\\nConnection: close\\r\\n[^]*</html>\\n$`, 'i'));
    const port = client.socket.localPort;
    await bench.syslog.message(
      new RegExp(`^127.0.0.1:${port} .* front/<NOSRV> -1/-1/-1/-1/\\d+ ${said} \\d+ - - ${state}-- .* "<BADREQ>"$`),
    );
    assert.equal(bench.origin.requests.length, heard);
  };
  const otherwise = OTHERWISE[what];
  cases[`${what}: ${status}, ${state} in the log, then close`] = {
    run,
    except: otherwise === undefined ? {} : { 'http-proxy': otherwise },
  };
}

cases['a head of just under 15360 bytes passes'] = async (t, bench) => {
  const client = await openRaw(t, bench.port);
  client.send(`${GET}X: ${'x'.repeat(15_360 - GET.length - 7)}\r\n\r\n`);
  await client.expect(/ok$/);
};

cases['a hundred header lines pass'] = async (t, bench) => {
  const client = await openRaw(t, bench.port);
  client.send(`${GET}${'X: y\r\n'.repeat(99)}\r\n`);
  await client.expect(/ok$/);
};

const CHUNKS: Readonly<Record<string, string>> = {
  'an extension of 300 bytes': `5;${'e'.repeat(300)}\r\nhello\r\n0\r\n\r\n`,
  'a size of 20 digits': `${'0'.repeat(19)}5\r\nhello\r\n0\r\n\r\n`,
  'trailers of 20 000 bytes': `0\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
  'the trailer Content-Length': '0\r\nContent-Length: 5\r\n\r\n',
};

for (const [what, chunks] of Object.entries(CHUNKS)) {
  const run: Case['run'] = async (t, bench) => {
    const target = `/chunks/${what.replaceAll(' ', '-')}`;
    bench.origin.replies.set(target, () => {});
    const client = await openRaw(t, bench.port);
    client.send(message(`POST ${target} HTTP/1.1|Host: a|Transfer-Encoding: chunked||${chunks}`));
    assert.match(await client.rest(), /^(HTTP\/1\.1 400 [^]*)?$/);
    for (const request of bench.origin.to(target)) {
      await request.connection.ended();
      assert.equal(request.complete, false);
    }
  };
  const recut = what.startsWith('a')
    ? { 'http-proxy': 'chunks are re-encoded, so their original form is not forwarded' }
    : {};
  cases[`${what}: the request is rejected, and no server sees it complete`] = { run, except: recut };
}

cases['the response to a refused request survives a client that keeps sending'] = async (t, bench) => {
  const client = await openRaw(t, bench.port);
  client.send('GET / HTTP/1.1\r\n\r\n');
  for (let n = 0; n < 20; n += 1) client.send('x'.repeat(10_000));
  await client.expect(/^HTTP\/1\.1 400 [^]*<\/html>\n$/);
};

cases['a client that never stops sending is cut off'] = async (t, bench) => {
  const client = await openRaw(t, bench.port);
  client.send('GET / HTTP/1.1\r\n\r\n');
  const flood = setInterval(() => client.socket.writable && client.send('x'.repeat(65_536)), 1);
  t.after(() => clearInterval(flood));
  await client.ended();
  await new Promise((resolve) => client.socket.once('close', resolve));
};

conformance('limits', { global: ['tune.bufsize 16384', 'tune.maxrewrite 1024'] }, cases);

conformance(
  'time',
  { frontend: ['timeout http-request 1s', 'timeout http-keep-alive 1s', 'timeout client 2s'] },
  {
    'a silent client: 408 and cR': async (t, bench) => {
      const client = await openRaw(t, bench.port);
      assert.match(await client.rest(), /^HTTP\/1\.1 408 /);
      await bench.syslog.message(/ 408 \d+ - - cR-- /);
    },
    'a head that takes too long, however many bytes arrive: 408 and cR': async (t, bench) => {
      const client = await openRaw(t, bench.port);
      client.send(GET);
      const drip = setInterval(() => client.socket.writable && client.send('X: y\r\n'), 20);
      t.after(() => clearInterval(drip));
      assert.match(await client.rest(), /^HTTP\/1\.1 408 /);
      await bench.syslog.message(/ 408 \d+ - - cR-- /);
    },
    'an idle connection after a response is closed silently': async (t, bench) => {
      const client = await openRaw(t, bench.port);
      client.send(`${GET}\r\n`);
      assert.match(await client.rest(), /ok$/);
    },
    'a second head that takes too long: 408 after the first response': {
      except: {
        'http-proxy':
          'Node does not report that a head began in the same read as the previous request: the connection counts as ' +
          'idle until more arrives',
      },
      async run(t, bench) {
        const client = await openRaw(t, bench.port);
        client.send(`${GET}\r\n${GET}`);
        assert.match(await client.rest(), /okHTTP\/1\.1 408 /);
      },
    },
    'a second head that begins after the first response and takes too long: 408': async (t, bench) => {
      const client = await openRaw(t, bench.port);
      client.send(`${GET}\r\n`);
      await client.expect(/ok$/);
      client.send(GET);
      assert.match(await client.rest(), /okHTTP\/1\.1 408 /);
    },
    'a body that stalls: client and server connections are closed': async (t, bench) => {
      bench.origin.replies.set('/stall', () => {});
      const client = await openRaw(t, bench.port);
      client.send(message('POST /stall HTTP/1.1|Host: a|Content-Length: 50||hello'));
      const { connection } = await bench.origin.head('/stall');
      assert.match(await client.rest(), /^HTTP\/1\.1 408 /);
      await connection.ended();
      await bench.syslog.message(/apps\/one .* 408 \d+ - - cH-- .*"POST \/stall/);
    },
    'a body that stalls after an early response: the connection is closed': async (t, bench) => {
      bench.origin.replies.set('/early', (_, connection) =>
        connection.send(message(`HTTP/1.1 200 OK|Content-Length: 3000000||${'x'.repeat(3_000_000)}`)),
      );
      const client = await openRaw(t, bench.port);
      client.send(message('POST /early HTTP/1.1|Host: a|Content-Length: 50||hello'));
      await client.expect(/x$/);
      const { connection } = await bench.origin.head('/early');
      await client.ended();
      await connection.ended();
    },
    'a client that does not read its response is dropped: cD': async (t, bench) => {
      bench.origin.replies.set('/large', (_, connection) =>
        connection.send(message(`HTTP/1.1 200 OK|Content-Length: 30000000||${'x'.repeat(30_000_000)}`)),
      );
      const client = await openRaw(t, bench.port);
      client.socket.pause();
      client.send(message('GET /large HTTP/1.1|Host: a'));
      await bench.syslog.message(/ 200 \d+ - - cD-- .*"GET \/large/);
      const { connection } = await bench.origin.head('/large');
      await connection.ended();
    },
  },
);
