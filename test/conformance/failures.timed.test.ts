import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ask, conformance, message } from '../support/conformance.ts';
import type { Case } from '../support/conformance.ts';
import type { OriginRequest } from '../support/origin.ts';
import { startApp } from '../support/apps.ts';
import { engineStatements } from '../support/engines.ts';
import { freePort } from '../support/ports.ts';
import { openRaw } from '../support/raw.ts';
import type { RawSocket } from '../support/raw.ts';
import { startRouting } from '../support/routing.ts';
import { forEachEngine } from '../support/scenario.ts';
import { until } from '../support/until.ts';

const cases: Record<string, Case | Case['run']> = {};

/** Truncated responses. */
const HALVES: Readonly<Record<string, string>> = {
  'a length': 'HTTP/1.1 200 OK|Content-Length: 100||half',
  chunks: 'HTTP/1.1 200 OK|Transfer-Encoding: chunked||4\r\nhalf\r\n',
  'chunks, in a size': 'HTTP/1.1 200 OK|Transfer-Encoding: chunked||4\r\nhalf\r\n1',
  'chunks, before the last line': 'HTTP/1.1 200 OK|Transfer-Encoding: chunked||4\r\nhalf\r\n0\r\n',
};

for (const [what, reply] of Object.entries(HALVES)) {
  for (const ending of ['end', 'reset'] as const) {
    cases[`an answer with ${what} cut by the server (${ending}) is cut for the client`] = async (t, bench) => {
      const target = `/half/${what.replaceAll(/\W/g, '-')}/${ending}`;
      bench.origin.replies.set(target, message(reply));
      const client = await ask(t, bench, message(`GET ${target} HTTP/1.1|Host: a`), 'half');
      bench.origin.to(target)[0]?.connection[ending]();
      assert.doesNotMatch(await client.rest(), /\r\n0\r\n\r\n$/);
      await bench.syslog.message(new RegExp(`200 \\d+ - - SD-- .*"GET ${target} `));
    };
  }
}

cases['a response until close that the server resets is reset for the client'] = async (t, bench) => {
  bench.origin.replies.set('/torn', message('HTTP/1.1 200 OK||half'));
  const client = await ask(t, bench, message('GET /torn HTTP/1.1|Host: a'), 'half');
  bench.origin.to('/torn')[0]?.connection.reset();
  if (bench.engine === 'wire') assert.equal(await client.ended(), 'reset');
  else assert.doesNotMatch(await client.rest(), /\r\n0\r\n\r\n$/);
};

cases['chunks decoded for an HTTP/1.0 client: a truncation becomes a reset'] = async (t, bench) => {
  bench.origin.replies.set('/torn10', message('HTTP/1.1 200 OK|Transfer-Encoding: chunked||4\r\nhalf\r\n'));
  const client = await ask(t, bench, message('GET /torn10 HTTP/1.0'), 'half');
  bench.origin.to('/torn10')[0]?.connection.end();
  assert.equal(await client.ended(), 'reset');
};

for (const chunk of ['zz\r\n', '4\r\nfour!\r\n', '4\nfour\n', '-1\r\n']) {
  cases[`a broken chunk (${JSON.stringify(chunk)}) after valid ones cuts the response`] = async (t, bench) => {
    bench.origin.replies.set('/broken', message('HTTP/1.1 200 OK|Transfer-Encoding: chunked||4\r\nfine\r\n'));
    const client = await ask(t, bench, message('GET /broken HTTP/1.1|Host: a'), 'fine');
    bench.origin.to('/broken').at(-1)?.connection.send(`${chunk}0\r\n\r\n`);
    assert.doesNotMatch(await client.rest(), /\r\n0\r\n\r\n$/);
    await bench.syslog.message(/ 200 \d+ - - (PD|SD)-- .*"GET \/broken /);
  };

  cases[`a broken chunk (${JSON.stringify(chunk)}) seen before anything was forwarded is a 502`] = async (t, bench) => {
    bench.origin.replies.set(
      '/at-once',
      message(`HTTP/1.1 200 OK|Transfer-Encoding: chunked||4\r\nfine\r\n${chunk}0\r\n\r\n`),
    );
    await ask(t, bench, message('GET /at-once HTTP/1.1|Host: a'), /^HTTP\/1\.1 502 [^]*<\/html>\n$/);
    await bench.syslog.message(/ \d+\/\d+\/\d+\/-1\/\d+ 502 \d+ - - PH-- .*"GET \/at-once /);
  };
}

/** Failures before the first byte of a response: the client's status, and the state in the log. */
const INSTEAD: Readonly<
  Record<
    string,
    readonly [status: number, state: string, reply: string | ((request: OriginRequest, connection: RawSocket) => void)]
  >
> = {
  'a server that closes': [502, 'SH', (_, connection) => connection.end()],
  'a server that resets': [502, 'SH', (_, connection) => connection.reset()],
  'a server that closes within its head': [
    502,
    '[SP]H',
    (_, connection) => {
      connection.send('HTTP/1.1 200 OK\r\nContent-');
      connection.end();
    },
  ],
  'a server that never responds': [504, 'sH', () => {}],
  'a server that stops within its head': [504, 'sH', (_, connection) => connection.send('HTTP/1.1 200 OK\r\nContent-')],
  'a server that speaks another protocol': [502, 'PH', 'SSH-2.0-OpenSSH\r\n\r\n'],
  'a server that speaks HTTP/2': [
    502,
    'PH',
    '\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\x01\0\0\0\x05\0\xff\xff\xff\r\n\r\n',
  ],
  'two different lengths': [502, 'PH', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!'],
  'a length and chunks': [
    502,
    'PH',
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  'an unknown coding': [502, 'PH', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nxx'],
  'a blank before the colon': [502, 'PH', 'HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok'],
  'a folded header': [502, 'PH', 'HTTP/1.1 200 OK\r\nX: y\r\n z\r\nContent-Length: 2\r\n\r\nok'],
  'a head of 20 000 bytes': [502, 'PH', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(20_000)}\r\nContent-Length: 2\r\n\r\nok`],
  'a head that never ends': [502, 'PH', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(5000)}`],
  'a hundred and one headers': [502, 'PH', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(101)}\r\n`],
  'an unsolicited 101': [502, 'PH', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: foo\r\n\r\n'],
  'the status 099': [502, 'PH', 'HTTP/1.1 099 What\r\nContent-Length: 0\r\n\r\n'],
};

for (const [what, [status, state, reply]] of Object.entries(INSTEAD)) {
  cases[`${what}: ${status}, ${state} in the log, and the client's connection is kept`] = async (t, bench) => {
    const target = `/instead/${what.replaceAll(/\W/g, '-')}`;
    bench.origin.replies.set(target, reply);
    const client = await ask(
      t,
      bench,
      message(`POST ${target} HTTP/1.1|Host: a|Content-Length: 2||hi`),
      new RegExp(`^HTTP/1\\.1 ${status} [^]*</html>\\n$`),
    );
    assert.equal(bench.origin.to(target).length, 1, 'a POST is delivered once');
    await bench.syslog.message(
      new RegExp(` ${status} \\d+ - - ${bench.engine === 'wire' ? state : '(SH|PH|sH)'}-- .*"POST ${target} `),
    );
    client.send(message('GET /next HTTP/1.1|Host: a'));
    await client.expect(/ok$/);
    await until('the server connection to end', () => bench.origin.to(target)[0]?.connection.ending !== undefined);
  };
}

cases['endless interim responses do not grow the router'] = async (t, bench) => {
  bench.origin.replies.set('/interim', (_, connection) => {
    const flood = setInterval(
      () =>
        connection.socket.writable &&
        connection.socket.writableLength === 0 &&
        connection.send('HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n'.repeat(10_000)),
      1,
    );
    t.after(() => clearInterval(flood));
  });
  const client = await openRaw(t, bench.port);
  client.socket.pause();
  client.send(message('GET /interim HTTP/1.1|Host: a'));
  await bench.syslog.message(/"GET \/interim /);
};

cases['a response during an upload, from a server that then closes, reaches the client'] = async (t, bench) => {
  bench.origin.replies.set('/hangs-up', (_, connection) => {
    // Its unread data turns its close into a reset, and our next write fails.
    connection.socket.pause();
    connection.socket.write('HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig', () =>
      connection.socket.destroy(),
    );
  });
  for (let turn = 0; turn < 20; turn += 1) {
    const client = await openRaw(t, bench.port);
    client.send(message('POST /hangs-up HTTP/1.1|Host: a|Content-Length: 65536000'));
    // No more than was announced: what follows a complete request is another one.
    let pieces = 1000;
    const upload = (): void => {
      while (pieces > 0 && client.socket.writable) {
        pieces -= 1;
        if (!client.socket.write(Buffer.alloc(65_536))) return;
      }
    };
    client.socket.on('drain', upload);
    upload();
    await client.expect(/^HTTP\/1\.1 413 [^]*big$/);
    client.socket.destroy();
  }
};

cases['a client that disconnects during its upload: CD, as in HAProxy'] = async (t, bench) => {
  bench.origin.replies.set('/leaves', () => {});
  const client = await openRaw(t, bench.port);
  client.send(message('POST /leaves HTTP/1.1|Host: a|Content-Length: 100||half'));
  await bench.origin.head('/leaves');
  client.end();
  await bench.syslog.message(/apps\/one \d+\/0\/\d+\/-1\/\d+ -1 0 - - CD-- .*"POST \/leaves /);
};

conformance('failures', { backend: ['timeout server 1500ms', 'retries 0'], frontend: ['timeout client 3s'] }, cases);

/** A kept server connection that has closed when the next request uses it. */
const STALE: Readonly<Record<string, readonly [request: string, delivered: number, status: number]>> = {
  'a GET is retried once': ['GET /stale HTTP/1.1|Host: a', 2, 200],
  'a PUT with a complete body is retried once': ['PUT /stale HTTP/1.1|Host: a|Content-Length: 2||hi', 2, 200],
  'a DELETE is retried once': ['DELETE /stale HTTP/1.1|Host: a', 2, 200],
  'a POST is not retried': ['POST /stale HTTP/1.1|Host: a|Content-Length: 2||hi', 1, 502],
  'a POST without a body is not retried': ['POST /stale HTTP/1.1|Host: a', 1, 502],
  'a PATCH is not retried': ['PATCH /stale HTTP/1.1|Host: a|Content-Length: 2||hi', 1, 502],
};

const stale: Record<string, Case | Case['run']> = {};
for (const [what, [request, delivered, status]] of Object.entries(STALE)) {
  const run: Case['run'] = async (t, bench) => {
    const before = bench.origin.to('/stale').length;
    bench.origin.replies.set('/stale', ({ complete }, connection) => {
      void complete;
      const first = bench.origin.to('/stale').length === before + 1;
      if (first) connection.reset();
      else connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const client = await ask(t, bench, message('GET /warm HTTP/1.1|Host: a'));
    const kept = bench.origin.requests.map(({ connection }) => connection);
    client.send(message(request));
    await client.expect(new RegExp(`okHTTP/1\\.1 ${status} [^]*(ok|</html>\\n)$`));
    const requests = bench.origin.to('/stale').slice(before);
    assert.equal(requests.length, delivered);
    const [attempt] = requests;
    assert.ok(attempt !== undefined && kept.includes(attempt.connection), 'a kept connection was used first');
    await bench.syslog.message(
      new RegExp(
        `${status} \\d+ - - ${status === 200 ? '--' : 'SH'}-- \\d+/\\d+/\\d+/\\d+/0 .*"${request.slice(0, request.indexOf(' HTTP'))} `,
      ),
    );
  };
  const freshOnly =
    delivered === 1 || request.includes('PUT')
      ? { 'http-proxy': 'requests with a body, and those that may not be repeated, use a new connection' }
      : {};
  stale[what] = { run, except: freshOnly };
}

stale['a second closed connection in a row is reported, not retried indefinitely'] = async (t, bench) => {
  const before = bench.origin.to('/dies').length;
  bench.origin.replies.set('/dies', (_, connection) => connection.reset());
  const client = await ask(t, bench, message('GET /warm HTTP/1.1|Host: a'));
  client.send(message('GET /dies HTTP/1.1|Host: a'));
  await client.expect(/HTTP\/1\.1 502 /);
  assert.equal(bench.origin.to('/dies').length - before, 2);
};

stale['a request whose body is still arriving is not retried'] = {
  except: { 'http-proxy': 'requests with a body use a new connection' },
  async run(t, bench) {
    bench.origin.replies.set('/coming', (_, connection) => connection.reset());
    const client = await ask(t, bench, message('GET /warm HTTP/1.1|Host: a'));
    client.send(message('PUT /coming HTTP/1.1|Host: a|Content-Length: 10||half'));
    await client.expect(/okHTTP\/1\.1 502 /);
    assert.equal(bench.origin.to('/coming').length, 1);
  },
};

conformance('kept server connections', {}, stale);

conformance(
  'retry-on',
  { backend: ['retry-on empty-response 503 response-timeout junk-response', 'retries 2', 'timeout server 1500ms'] },
  {
    'a listed status is retried, and the last response is forwarded': async (t, bench) => {
      bench.origin.replies.set('/503', 'HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy');
      await ask(t, bench, message('GET /503 HTTP/1.1|Host: a'), /^HTTP\/1\.1 503 Busy[^]*busy$/);
      assert.equal(bench.origin.to('/503').length, 3);
      await bench.syslog.message(/ 503 \d+ - - ---- \d+\/\d+\/\d+\/\d+\/2 .*"GET \/503 /);
    },
    'junk is retried and counted once': async (t, bench) => {
      bench.origin.replies.set('/junk', (_, connection) =>
        connection.send(
          bench.origin.to('/junk').length === 1 ? 'junk\r\n\r\n' : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
        ),
      );
      await ask(t, bench, message('GET /junk HTTP/1.1|Host: a'), /^HTTP\/1\.1 200 [^]*ok$/);
      await bench.syslog.message(/ 200 \d+ - - ---- \d+\/\d+\/\d+\/\d+\/1 .*"GET \/junk /);
    },
    'a POST is retried too when its kept connection closes': async (t, bench) => {
      bench.origin.replies.set('/hung-up', (_, connection) =>
        bench.origin.to('/hung-up').length === 1
          ? connection.reset()
          : connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
      );
      const client = await ask(t, bench, message('GET /warm HTTP/1.1|Host: a'));
      client.send(message('POST /hung-up HTTP/1.1|Host: a'));
      await client.expect(/okHTTP\/1\.1 200 [^]*ok$/);
      await bench.syslog.message(/ 200 \d+ - - ---- \d+\/\d+\/\d+\/\d+\/1 .*"POST \/hung-up /);
    },
    'a response timeout is retried': async (t, bench) => {
      bench.origin.replies.set(
        '/silent',
        (_, connection) =>
          bench.origin.to('/silent').length > 1 && connection.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
      );
      await ask(t, bench, message('GET /silent HTTP/1.1|Host: a'), /^HTTP\/1\.1 200 [^]*ok$/);
    },
    'an unlisted status is forwarded at once': async (t, bench) => {
      bench.origin.replies.set('/500', 'HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno');
      await ask(t, bench, message('GET /500 HTTP/1.1|Host: a'), /^HTTP\/1\.1 500 [^]*no$/);
      assert.equal(bench.origin.to('/500').length, 1);
    },
  },
);

conformance(
  'retry-on with a single status',
  { backend: ['retry-on 503', 'retries 1'] },
  {
    'retries it': async (t, bench) => {
      bench.origin.replies.set('/503', 'HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy');
      await ask(t, bench, message('GET /503 HTTP/1.1|Host: a'), /^HTTP\/1\.1 503 Busy[^]*busy$/);
      assert.equal(bench.origin.to('/503').length, 2);
    },
  },
);

forEachEngine('bytes a client sends during the pause before a retry reach the server', async (t, engine) => {
  const port = await freePort();
  const routing = await startRouting(t, 'router', {
    frontend: engineStatements(engine),
    backend: ['timeout connect 1s', `server late 127.0.0.1:${port}`],
  });
  const client = await openRaw(t, routing.port);
  client.send(message('POST / HTTP/1.1|Host: a|Content-Length: 20'));
  let left = 20;
  const drip = setInterval(() => {
    client.send('x');
    if (--left === 0) clearInterval(drip);
  }, 5);
  t.after(() => clearInterval(drip));
  await until('half of the body to be sent', () => left <= 10);
  const app = await startApp(t, { port });
  const answer = await client.expect(/"bodyBytes":\d+/);
  assert.match(answer, /"bodyBytes":20,/);
  assert.equal(app.requests.length, 1);
});

forEachEngine(
  'without a descriptor left for a server connection the response is 503, RC in the log, and the next request is served',
  async (t, engine) => {
    const app = await startApp(t);
    const {
      port,
      syslog,
      process: router,
    } = await startRouting(t, 'router', {
      frontend: engineStatements(engine),
      backend: ['retries 0', `server one 127.0.0.1:${app.port}`],
    });
    const limit = (files: number): Promise<unknown> =>
      promisify(execFile)('prlimit', ['--pid', String(router.pid), `--nofile=${files}:4096`]);
    const clients = await Promise.all(Array.from({ length: 12 }, () => openRaw(t, port)));
    clients[0]?.send(message('GET /first HTTP/1.1|Host: a'));
    await syslog.message(/"GET \/first /);
    const open = new Set((await readdir(`/proc/${router.pid}/fd`)).map(Number));
    await limit([...Array(open.size + 1).keys()].find((file) => !open.has(file)) ?? 0);
    for (const client of clients) client.send(message('GET /held HTTP/1.1|Host: a'));
    await syslog.message(/apps\/one \d+\/0\/-1\/-1\/\d+ 503 \d+ - - RC-- .*"GET \/held /);
    await limit(4096);
    const last = await openRaw(t, port);
    last.send(message('GET /last HTTP/1.1|Host: a'));
    await last.expect(/^HTTP\/1\.1 200 /);
  },
);
