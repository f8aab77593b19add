/** Compression, beside HAProxy and by both engines. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import {
  brotliDecompressSync,
  createGunzip,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import { missing } from '../../support/programs.ts';
import { openRaw } from '../../support/raw.ts';
import type { RawSocket } from '../../support/raw.ts';
import type { Statements } from '../../support/routing.ts';
import { ALL, OURS, startWay, type Way } from '../../support/ways.ts';

const TEXT = 'hello world '.repeat(100);
const READERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  // Both forms go by this name.
  deflate: (bytes) => ((bytes[0] ?? 0) % 16 === 8 ? inflateSync(bytes) : inflateRawSync(bytes)),
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

const answer = (fields: string, body = TEXT, status = 200): string =>
  `HTTP/1.1 ${status} OK\r\n${fields}Content-Length: ${body.length}\r\n\r\n${body}`;

/** Targets and what the server answers. */
const ANSWERS: Readonly<Record<string, string>> = {
  '/text': answer('Content-Type: text/plain\r\nETag: "a"\r\nVary: Origin\r\n'),
  '/charset': answer('Content-Type: text/html; charset=utf-8\r\n'),
  '/image': answer('Content-Type: image/png\r\n'),
  '/untyped': answer(''),
  '/coded': answer('Content-Type: text/plain\r\nContent-Encoding: br\r\n'),
  '/fixed': answer('Content-Type: text/plain\r\nCache-Control: no-transform\r\n'),
  '/bad-tag': answer('Content-Type: text/plain\r\nETag: a\r\n'),
  '/empty': answer('Content-Type: text/plain\r\n', ''),
  '/lost': answer('Content-Type: text/plain\r\n', TEXT, 404),
  '/chunks': `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n`,
};

/** The fields of a head that compression is about, and the body as its reader has it. */
async function seen(
  t: TestContext,
  port: number,
  target: string,
  accepted: string | undefined,
  method = 'GET',
): Promise<string> {
  const { headers, body } = await new Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
    (resolve, reject) => {
      const fields = { connection: 'close', ...(accepted === undefined ? {} : { 'accept-encoding': accepted }) };
      const asked = httpRequest({ port, path: target, method, headers: fields, agent: false }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(pieces) }));
        response.on('error', reject);
      });
      asked.on('error', reject).end();
      t.signal.addEventListener('abort', () => asked.destroy());
    },
  );
  const coding = String(headers['content-encoding'] ?? '');
  const told = ['content-encoding', 'content-length', 'transfer-encoding', 'etag', 'vary']
    .map((name) => `${name}=${String(headers[name] ?? '')}`)
    .join(' ');
  const text = (target === '/coded' || body.length === 0 ? body : (READERS[coding]?.(body) ?? body)).toString();
  return `${target} ${method} ${accepted}: ${told} ${createHash('sha1').update(text).digest('hex').slice(0, 8)} ${text.length}`;
}

async function matrix(
  t: TestContext,
  way: Way,
  frontend: Statements,
  backend: Statements = [],
): Promise<readonly string[]> {
  const { origin, port } = await startWay(t, way, { frontend, backend });
  for (const [target, reply] of Object.entries(ANSWERS)) origin.replies.set(target, reply);
  origin.replies.set('/text', ({ head }, connection) =>
    connection.send(
      head.startsWith('HEAD') ? (ANSWERS['/text'] ?? '').slice(0, -TEXT.length) : (ANSWERS['/text'] ?? ''),
    ),
  );
  const found: string[] = [];
  for (const target of Object.keys(ANSWERS)) found.push(await seen(t, port, target, 'gzip'));
  for (const accepted of [undefined, 'deflate', '*', 'gzip;q=0', 'deflate;q=0.5, gzip;q=0.4', 'identity', 'br'])
    found.push(await seen(t, port, '/text', accepted));
  found.push(await seen(t, port, '/text', 'gzip', 'HEAD'));
  const asked = origin.requests.map(
    ({ head, target }) => `${target} ${/accept-encoding: .*/i.exec(head)?.[0].trim().toLowerCase() ?? ''}`,
  );
  return [...found, ...asked];
}

const SETTINGS: Readonly<Record<string, readonly [frontend: Statements, backend: Statements]>> = {
  'gzip and deflate of some types': [['compression algo gzip deflate', 'compression type text/plain text/html'], []],
  'every type, and nothing asked of servers': [
    ['filter compression', 'compression algo gzip', 'compression offload'],
    [],
  ],
  'the lines of a backend hold before those of the frontend': [
    ['compression algo gzip', 'compression type text/plain'],
    ['compression algo raw-deflate', 'compression type image/png'],
  ],
  'identity is for all': [['compression algo identity gzip'], []],
};

for (const [name, [frontend, backend]] of Object.entries(SETTINGS)) {
  test(`${name}: the same responses are compressed as by HAProxy`, { skip: missing('haproxy') }, async (t) => {
    const [theirs, ...ours] = await Promise.all(ALL.map((way) => matrix(t, way, frontend, backend)));
    for (const [index, way] of OURS.entries()) assert.deepEqual(ours[index], theirs, way.name);
  });
}

/** The columns of compression of the frontend and of the backend, as `show stat` has them. */
async function counted(t: TestContext, way: Way): Promise<readonly string[]> {
  const frontend = ['compression algo identity gzip', 'stats uri /stats', 'http-request deny if { path /denied }'];
  const { origin, port } = await startWay(t, way, { frontend });
  for (const [target, reply] of Object.entries(ANSWERS)) origin.replies.set(target, reply);
  for (const [target, accepted] of [
    ['/text', 'gzip'],
    ['/charset', 'gzip'],
    ['/image', 'gzip;q=0'],
    ['/coded', 'gzip'],
    ['/denied', 'gzip'],
  ] as const)
    await seen(t, port, target, accepted);
  const client = await openRaw(t, port);
  client.send('GET /stats;csv HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const [head = '', ...rows] = (await client.rest()).slice(client.text.indexOf('# pxname')).split('\n');
  const columns = head.slice(2).split(',');
  const value = (row: string, name: string): string => row.split(',')[columns.indexOf(name)] ?? '';
  return rows
    .filter((row) => /,(?:FRONTEND|BACKEND),/.test(row))
    .map((row) => {
      const told = ['pxname', 'svname', 'comp_in', 'comp_byp', 'comp_rsp'].map((name) => `${name}=${value(row, name)}`);
      // The bytes that come out depend on the compressor.
      return [...told, Number(value(row, 'comp_out')) > 0].join(' ');
    });
}

test('what was compressed is counted as by HAProxy', { skip: missing('haproxy') }, async (t) => {
  const [theirs, ...ours] = await Promise.all(ALL.map((way) => counted(t, way)));
  for (const [index, way] of OURS.entries()) assert.deepEqual(ours[index], theirs, way.name);
});

for (const way of OURS) {
  test(`${way.name}: brotli and zstandard are for clients that accept them`, async (t) => {
    const { origin, port } = await startWay(t, way, { frontend: ['compression algo gzip br zstd'] });
    origin.replies.set('/text', ANSWERS['/text'] ?? '');
    for (const coding of ['br', 'zstd', 'gzip'])
      assert.match(await seen(t, port, '/text', coding), new RegExp(`content-encoding=${coding} .* 1200$`));
  });

  test(`${way.name}: an event reaches its client before the next one exists`, async (t) => {
    const { origin, port } = await startWay(t, way, { frontend: ['compression algo gzip'] });
    let server: RawSocket | undefined;
    origin.replies.set('/events', (_, connection) => {
      server = connection;
      connection.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
    });
    const events: string[] = [];
    const next = Promise.withResolvers<void>();
    const asked = httpRequest(
      { port, path: '/events', headers: { 'accept-encoding': 'gzip' }, agent: false },
      (response) => {
        const reader = createGunzip();
        response.pipe(reader).on('data', (event: Buffer) => {
          events.push(event.toString());
          if (events.length === 1) next.resolve();
        });
        server?.send('9\r\ndata: 1\n\n\r\n');
        reader.on('end', () => events.push('end'));
      },
    );
    asked.end();
    await next.promise;
    assert.deepEqual(events, ['data: 1\n\n']);
    asked.destroy();
  });

  test(`${way.name}: a large body arrives complete at a client that reads slowly, and its connection serves on`, async (t) => {
    const { origin, port, syslog } = await startWay(t, way, {
      frontend: ['compression algo gzip', 'log-format "%ST %[res.comp] %[res.comp_algo] %ts %HU"'],
    });
    const body = randomBytes(3_000_000);
    origin.replies.set('/large', (_, { socket }) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n`);
      socket.write(body);
    });
    const client = await openRaw(t, port);
    client.send('GET /large HTTP/1.1\r\nHost: a.test\r\nAccept-Encoding: gzip\r\n\r\n');
    client.socket.pause();
    await client.expect(/^$/);
    setTimeout(() => client.socket.resume(), 200);
    await client.expect(/\r\n0\r\n\r\n$/, 30_000);
    const { bytes } = client;
    const start_ = bytes.indexOf('\r\n\r\n') + 4;
    assert.equal(gunzipSync(dechunked(bytes.subarray(start_))).equals(body), true);
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n');
    assert.match((await client.rest()).slice(-60), /ok$/);
    await syslog.message(/^200 1 gzip -- \/large/);
    await syslog.message(/^200 0 - -- \/$/);
  });

  test(`${way.name}: bodies arrive complete at clients that begin to read late, whatever codes them`, async (t) => {
    const { origin, port } = await startWay(t, way, {
      frontend: ['compression algo identity gzip deflate raw-deflate br zstd'],
    });
    // More than the kernel holds for a client that does not read.
    const body = randomBytes(8_000_000);
    const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';
    origin.replies.set('/length', (_, { socket }) => {
      socket.write(`${head}Content-Length: ${body.length}\r\n\r\n`);
      socket.write(body);
    });
    // Of small chunks a read holds more than the engine looks at in one turn.
    const chunks = inChunks(body, 900);
    origin.replies.set('/chunks', (_, { socket }) => {
      socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
      socket.write(chunks);
    });
    const fetched = async (target: string, coding: string): Promise<void> => {
      const client = await openRaw(t, port);
      client.socket.pause();
      client.send(`GET ${target} HTTP/1.1\r\nHost: a.test\r\nAccept-Encoding: ${coding}\r\nConnection: close\r\n\r\n`);
      setTimeout(() => client.socket.resume(), 300);
      await client.ended(30_000);
      const { bytes } = client;
      const start = bytes.indexOf('\r\n\r\n') + 4;
      const content = dechunked(bytes.subarray(start));
      assert.equal((READERS[coding]?.(content) ?? content).equals(body), true, `${target} ${coding}`);
    };
    const codings = ['identity', 'gzip', 'deflate', 'br', 'zstd'];
    const chunked = ['identity', 'gzip'];
    await Promise.all([
      ...codings.map((coding) => fetched('/length', coding)),
      ...chunked.map((coding) => fetched('/chunks', coding)),
    ]);
  });

  test(`${way.name}: a response that the server cuts is not made to look complete`, async (t) => {
    const { origin, port } = await startWay(t, way, { frontend: ['compression algo gzip'] });
    origin.replies.set('/cut', (_, { socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nbeginning');
      setTimeout(() => socket.destroy(), 50);
    });
    const client = await openRaw(t, port);
    client.send('GET /cut HTTP/1.1\r\nHost: a.test\r\nAccept-Encoding: gzip\r\n\r\n');
    await client.ended();
    assert.doesNotMatch(client.text, /\r\n0\r\n\r\n$/);
  });

  test(`${way.name}: clients that leave in the middle leave nothing behind`, async (t) => {
    const { origin, port, syslog } = await startWay(t, way, { frontend: ['compression algo gzip'] });
    origin.replies.set('/large', (_, { socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 90000000\r\n\r\n');
      socket.write(randomBytes(2_000_000));
    });
    for (let count = 0; count < 5; count += 1) {
      const client = await openRaw(t, port);
      client.send('GET /large HTTP/1.1\r\nHost: a.test\r\nAccept-Encoding: gzip\r\n\r\n');
      await client.expect('HTTP/1.1 200');
      client.reset();
    }
    const client = await openRaw(t, port);
    client.send('GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n');
    assert.match(await client.rest(), /ok$/);
    await syslog.message(/ (?:CD|SD)-- .*\/large/);
  });
}

function inChunks(bytes: Buffer, size: number): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

function dechunked(bytes: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, end), 16);
    if (size === 0) break;
    pieces.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
  return Buffer.concat(pieces);
}
