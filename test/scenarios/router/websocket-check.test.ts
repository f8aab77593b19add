/** `option websocket-check`: what the log says of servers that open WebSockets, and of those that only seem to. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { WebSocketServer } from 'ws';
import { onCleanup } from '../../support/cleanup.ts';
import { freePort } from '../../support/ports.ts';
import { startProgram } from '../../support/programs.ts';
import { scenario } from '../../support/scenario.ts';
import { startSyslog } from '../../support/syslog.ts';
import { listen } from '../../support/tcp.ts';
import { TempDir } from '../../support/temp.ts';
import { Authority } from '../../support/tls-origin.ts';
import { until } from '../../support/until.ts';

const PASSED = 'succeeded, reason: Layer7 check passed, code: 101';
const wrong = (info: string): string => `failed, reason: Layer7 invalid response, info: "${info}"`;

/** The head of a right response, but for what is changed in it. */
function head(key: string, changes: Readonly<Record<string, string | undefined>> = {}): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const fields = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Accept': accept, ...changes };
  const lines = Object.entries(fields).map(([name, value]) => (value === undefined ? '' : `${name}: ${value}\r\n`));
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join('')}\r\n`;
}

/** A server that answers an upgrade with what `respond` makes of the key. */
async function scripted(t: TestContext, respond: (key: string, socket: Socket) => string): Promise<number> {
  const { port } = await listen(t, (socket) => {
    socket.on('error', () => {});
    socket.once('data', (bytes) => {
      const key = /^sec-websocket-key: (.*)\r$/im.exec(bytes.toString('latin1'))?.[1] ?? '';
      socket.write(respond(key, socket), 'latin1');
    });
  });
  return port;
}

interface Application {
  readonly port: number;
  readonly requests: string[];
  readonly codes: number[];
  pings: number;
}

/** What applications use: the package ws. It greets at once. */
async function application(t: TestContext, pem?: Buffer): Promise<Application> {
  const web = pem === undefined ? createPlainServer() : createServer({ key: pem, cert: pem });
  const server = new WebSocketServer({ server: web });
  onCleanup(t, () => void web.close());
  web.listen(0, '127.0.0.1');
  await once(web, 'listening');
  const address = web.address();
  assert.ok(typeof address === 'object' && address !== null);
  const seen: Application = { port: address.port, requests: [], codes: [], pings: 0 };
  server.on('connection', (socket, { url, headers }) => {
    seen.requests.push(`${String(url)} ${String(headers.host)} ${String(headers['x-probe'])}`);
    socket.send('hello');
    socket.on('ping', () => (seen.pings += 1));
    socket.on('close', (code) => seen.codes.push(code));
  });
  return seen;
}

scenario('a check that opens a WebSocket says what is wrong with the upgrade', async (t) => {
  const authority = new Authority(t);
  const certificate = authority.issue(['a.test']);
  const [plain, full] = [await application(t), await application(t)];
  const secure = await application(t, readFileSync(certificate));
  const tls = `ssl verify required ca-file ${authority.caFile} check-sni a.test`;
  const CHOSEN = { 'Sec-WebSocket-Protocol': 'chat' };
  const cases: Readonly<Record<string, readonly [words: string, port: number, logged: string, server?: string]>> = {
    works: ['', plain.port, PASSED],
    'works-in-full': ['/s?x=1 host a.test hdr X-Probe "a b" ping', full.port, PASSED],
    'over-tls': ['ping', secure.port, PASSED, tls],
    'another-name': ['ping', secure.port, 'failed, reason: Layer6 invalid response', tls.replace('a.test', 'b.test')],
    // A Close frame comes with the response.
    agrees: ['protocol chat', await scripted(t, (key) => `${head(key, CHOSEN)}\x88\0`), PASSED],
    disagrees: [
      'protocol news',
      await scripted(t, (key) => head(key, CHOSEN)),
      wrong('the server did not agree to the subprotocol news'),
    ],
    unasked: [
      '',
      await scripted(t, (key) => head(key, CHOSEN)),
      wrong('the server chose a subprotocol that was not offered'),
    ],
    canned: ['', await scripted(t, () => head('x')), wrong('Sec-WebSocket-Accept is not the answer to our key')],
    'no-accept': [
      '',
      await scripted(t, (key) => head(key, { 'Sec-WebSocket-Accept': undefined })),
      wrong('101 without Sec-WebSocket-Accept'),
    ],
    'no-upgrade': [
      '',
      await scripted(t, (key) => head(key, { Upgrade: 'h2c' })),
      wrong('101 without Upgrade: websocket'),
    ],
    'no-connection': [
      '',
      await scripted(t, (key) => head(key, { Connection: 'close' })),
      wrong('101 without Connection: upgrade'),
    ],
    extends: [
      '',
      await scripted(t, (key) => head(key, { 'Sec-WebSocket-Extensions': 'permessage-deflate' })),
      wrong('the server uses extensions that were not offered'),
    ],
    refuses: [
      '',
      await scripted(t, () => 'HTTP/1.1 426 Upgrade "Required"\r\nContent-Length: 0\r\n\r\n'),
      'failed, reason: Layer7 wrong status, code: 426, info: "Upgrade <22>Required<22>"',
    ],
    'other-protocol': ['', await scripted(t, () => '+OK ready\r\n'), wrong('the response is not HTTP')],
    'hangs-up': [
      '',
      await scripted(t, (_, socket) => (socket.end(), '')),
      wrong('the server closed without a response to the upgrade'),
    ],
    cut: [
      '',
      await scripted(t, (_, socket) => (setImmediate(() => socket.end()), 'HTTP/1.1 101 Ok\r\nUpgrade: ')),
      wrong('the response to the upgrade is not complete'),
    ],
    silent: ['', await scripted(t, () => ''), 'failed, reason: Layer7 timeout, info: "no response to the upgrade"'],
    mute: [
      'ping',
      await scripted(t, (key) => head(key)),
      'failed, reason: Layer7 timeout, info: "no Pong to our Ping"',
    ],
    'closes-instead': [
      'ping',
      await scripted(t, (key) => `${head(key)}\x88\x02\x03\xf3`),
      wrong('the server closed the WebSocket with 1011'),
    ],
    masks: ['ping', await scripted(t, (key) => `${head(key)}\x81\x81abcdx`), wrong('the server masks its frames')],
    floods: [
      'ping',
      await scripted(t, (key) => `${head(key)}\x82\x7e\xff\xff${'.'.repeat(65_535)}`),
      wrong('no Pong to our Ping in the first 16 KiB'),
    ],
    'never-closes': [
      '',
      await scripted(t, (key) => head(key)),
      'failed, reason: Layer7 timeout, info: "no Close frame in answer to ours"',
    ],
  };
  const syslog = await startSyslog(t);
  const port = await freePort();
  const config = [
    'defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n  timeout check 1s',
    `  log 127.0.0.1:${syslog.port} local0\n  option log-health-checks\n  default-server inter 1s fall 1 rise 2`,
    `frontend f\n  bind 127.0.0.1:${port}\n  default_backend works`,
    ...Object.entries(cases).map(
      ([name, [words, at, , server = '']]) =>
        `backend ${name}\n  option websocket-check ${words}\n  server s 127.0.0.1:${at} check ${server}`,
    ),
  ].join('\n');
  await startProgram(t, 'router', new TempDir(t).write('haproxy.cfg', `${config}\n`), [port]);
  for (const [name, [, , logged]] of Object.entries(cases)) {
    const line = await syslog.message(new RegExp(`^Health check for server ${name}/s `));
    const said = line.replace(/^Health check for server \S+ /, '').replace(/, check duration: .*$/, '');
    const brief = said.replace(/, status: .*$/, '');
    assert.equal(name === 'another-name' ? brief.slice(0, logged.length) : brief, logged, name);
  }
  await until('the ends of the WebSockets', () => plain.codes.length > 0 && full.codes.length > 0);
  // There may have been more than one check of each by now.
  const kinds = ({ codes, requests }: Application): readonly unknown[] => [...new Set([...requests, ...codes])];
  assert.deepEqual(kinds(plain), [`/ 127.0.0.1:${plain.port} undefined`, 1000]);
  assert.deepEqual(kinds(full), ['/s?x=1 a.test a b', 1000]);
  assert.deepEqual([plain.pings, full.pings > 0], [0, true]);
});
