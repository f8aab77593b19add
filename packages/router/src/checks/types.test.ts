import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpCheck } from '../model/snapshot.ts';
import { backendConfig, checkConfig, serverConfig } from '../backend/testing.ts';
import { destinationOf } from './destination.ts';
import { checkTypeOf, checkTypes } from './types.ts';

const expect = (status: number) => status >= 200 && status < 400;
const plain: HttpCheck = { method: 'OPTIONS', uri: '/', version: '1.0', headers: [], body: '', expect };

function backend(httpCheck: HttpCheck) {
  return backendConfig([], { httpCheck });
}

describe('option httpchk', () => {
  // Recorded from HAProxy 2.6.12.
  const requests: readonly (readonly [Partial<HttpCheck>, string])[] = [
    [{}, 'OPTIONS / HTTP/1.0\r\n\r\n'],
    [{ method: 'GET', uri: '/x', version: '1.1' }, 'GET /x HTTP/1.1\r\nconnection: close\r\n\r\n'],
    [
      {
        method: 'GET',
        uri: '/x',
        headers: [
          ['Host', 'example.org'],
          ['X-A', 'b'],
        ],
      },
      'GET /x HTTP/1.0\r\nhost: example.org\r\nx-a: b\r\n\r\n',
    ],
    [
      { method: 'POST', uri: '/x', version: '1.1', headers: [['Host', 'h']] },
      'POST /x HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
    ],
    [
      {
        version: '1.1',
        headers: [
          ['Connection', 'Upgrade'],
          ['Upgrade', 'websocket'],
        ],
      },
      'OPTIONS / HTTP/1.1\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: aGVhZGdhdGUgY2hlY2tzIQ==\r\n\r\n',
    ],
    [{ method: 'GET', body: 'hello' }, 'GET / HTTP/1.0\r\ncontent-length: 5\r\n\r\nhello'],
  ];
  for (const [settings, expected] of requests) {
    it(`sends ${JSON.stringify(expected)}`, () => {
      assert.equal(checkTypes.http.request(backend({ ...plain, ...settings })), expected);
    });
  }

  const answers = [
    ['HTTP/1.1 200 OK\r\n', 'L7OK', 200, ''],
    ['HTTP/1.0 302 Found\r\nlocation: /\r\n\r\n', 'L7OK', 302, ''],
    ['HTTP/1.1 204\r\n', 'L7OK', 204, ''],
    ['HTTP/1.1 200 OK\n', 'L7OK', 200, ''],
    ['HTTP/1.1 100 Continue\r\n', 'L7STS', 100, 'Continue'],
    ['HTTP/1.1 404 Not Found\r\n', 'L7STS', 404, 'Not Found'],
    ['HTTP/1.1 500 a"b\x1b[31m\xe9\r\n', 'L7STS', 500, 'a?b?[31m?'],
    [`HTTP/1.1 500 ${'x'.repeat(300)}\r\n`, 'L7STS', 500, 'x'.repeat(100)],
    ['hello\r\n', 'L7RSP', undefined, ''],
    ['HTTP/1.1 2000 OK\r\n', 'L7RSP', undefined, ''],
    ['HTTP/1.1  200 OK\r\n', 'L7RSP', undefined, ''],
    ['\r\nHTTP/1.1 200 OK\r\n', 'L7RSP', undefined, ''],
  ] as const;
  for (const [received, status, code, info] of answers) {
    it(`makes ${status} of ${JSON.stringify(received.slice(0, 40))}`, () => {
      assert.deepEqual(checkTypes.http.judge(received, false, backend(plain)), {
        passed: status === 'L7OK',
        status,
        code,
        info,
      });
    });
  }
  it('waits for the complete status line, and does not accept a truncated one', () => {
    for (const part of ['', 'HTTP/1.1 200 O']) {
      assert.equal(checkTypes.http.judge(part, false, backend(plain)), undefined);
      assert.equal(checkTypes.http.judge(part, true, backend(plain))?.status, 'L7RSP');
    }
  });
});

it('check alone only connects and sends nothing', () => {
  const config = backendConfig([]);
  assert.equal(checkTypeOf(config), checkTypes.tcp);
  assert.equal(checkTypes.tcp.request(config), '');
  assert.equal(checkTypes.tcp.judge('', false, config)?.status, 'L4OK');
});

describe('the destination of a check', () => {
  const tcp = { kind: 'tcp', host: '10.0.0.1', port: 80 } as const;
  const unix = { kind: 'unix', path: '/run/app.sock' } as const;
  const cases = [
    [{ address: tcp }, {}, { address: tcp, proxy: 0 }],
    [{ address: tcp, sendProxy: 2 }, {}, { address: tcp, proxy: 2 }],
    [{ address: tcp, sendProxy: 2 }, { port: 81 }, { address: { ...tcp, port: 81 }, proxy: 0 }],
    [
      { address: tcp, sendProxy: 1 },
      { port: 81, sendProxy: true },
      { address: { ...tcp, port: 81 }, proxy: 1 },
    ],
    [
      { address: tcp, sendProxy: 2 },
      { host: '10.0.0.9', sendProxy: true },
      { address: { ...tcp, host: '10.0.0.9' }, proxy: 2 },
    ],
    [{ address: tcp }, { sendProxy: true }, { address: tcp, proxy: 1 }],
    [{ address: unix }, {}, { address: unix, proxy: 0 }],
    [{ address: unix }, { host: '10.0.0.1', port: 80 }, { address: tcp, proxy: 0 }],
  ] as const;
  for (const [server, check, expected] of cases) {
    it(`${JSON.stringify(server)} with ${JSON.stringify(check)}`, () => {
      assert.deepEqual(destinationOf(serverConfig('a', { ...server, check: { ...checkConfig, ...check } })), expected);
    });
  }
});
