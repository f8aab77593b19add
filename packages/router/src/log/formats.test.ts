/** The expected lines were captured from HAProxy 2.6.12 (TZ=UTC unless noted), with the values that the records hold. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connection, nowhere, record } from '../../../../test/support/access-record.ts';
import { formats } from './formats.ts';
import type { ConnectionFacts, TlsFacts } from '../model/facts.ts';
import type { AccessRecord } from '../model/record.ts';
import type { NamedLogFormat } from '../model/snapshot.ts';

process.env['TZ'] = 'UTC';

const at = (hours: number, minutes: number, seconds: number, ms: number): number =>
  Date.UTC(2026, 10, 23, hours, minutes, seconds, ms);
const bad: Partial<AccessRecord> = {
  ...nowhere,
  requestTime: -1,
  status: 400,
  bytesToClient: 0,
  requestLine: '<BADREQ>',
};
const fast: Partial<AccessRecord> = { responseTime: 0, activeTime: 0 };

function secured(differences: Partial<TlsFacts>): ConnectionFacts {
  const tls = {
    version: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    sni: '',
    alpn: '',
    clientName: '',
    ...differences,
  };
  return { ...connection('127.0.0.1', 60724), tls, terminated: true };
}

const captured: readonly (readonly [
  title: string,
  format: NamedLogFormat,
  record: AccessRecord,
  line: string | undefined,
])[] = [
  [
    'a good request',
    'httplog',
    record(),
    '127.0.0.1:60724 [23/Nov/2026:06:47:44.612] fh be/s1 0/0/0/4/4 200 106 - - ---- 1/1/0/0/0 0/0 "GET /a?b=1 HTTP/1.1"',
  ],
  [
    'an IPv6 client',
    'httplog',
    record({
      ...fast,
      connection: connection('::1', 50644),
      acceptedAt: at(6, 47, 44, 924),
      requestLine: 'GET /v6 HTTP/1.1',
    }),
    '::1:50644 [23/Nov/2026:06:47:44.924] fh be/s1 0/0/0/0/0 200 106 - - ---- 1/1/0/0/0 0/0 "GET /v6 HTTP/1.1"',
  ],
  [
    'a unix socket',
    'httplog',
    record({
      ...fast,
      connection: connection('', 3),
      acceptedAt: at(6, 47, 45, 78),
      requestLine: 'GET /unix HTTP/1.1',
    }),
    'unix:3 [23/Nov/2026:06:47:45.078] fh be/s1 0/0/0/0/0 200 106 - - ---- 1/1/0/0/0 0/0 "GET /unix HTTP/1.1"',
  ],
  [
    'a bad request',
    'httplog',
    record({
      ...bad,
      connection: connection('127.0.0.1', 60742),
      acceptedAt: at(6, 47, 45, 230),
      backendName: 'fh',
      termination: 'PR--',
    }),
    '127.0.0.1:60742 [23/Nov/2026:06:47:45.230] fh fh/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  ],
  [
    'a request over TLS',
    'httpslog',
    record({ connection: secured({}) }),
    '127.0.0.1:60724 [23/Nov/2026:06:47:44.612] fh~ be/s1 0/0/0/4/4 200 106 - - ---- 1/1/0/0/0 0/0 "GET /a?b=1 HTTP/1.1" 0/0000000000000000/0/0/0 -/TLSv1.3/TLS_AES_256_GCM_SHA384',
  ],
  [
    'a resumed session whose certificate has expired',
    'httpslog',
    record({ connection: secured({ sni: 'a.test', resumed: true, verify: 10 }) }),
    '127.0.0.1:60724 [23/Nov/2026:06:47:44.612] fh~ be/s1 0/0/0/4/4 200 106 - - ---- 1/1/0/0/0 0/0 "GET /a?b=1 HTTP/1.1" 0/0000000000000000/10/0/1 a.test/TLSv1.3/TLS_AES_256_GCM_SHA384',
  ],
  [
    'an aborted request',
    'httplog',
    record({
      ...bad,
      connection: connection('127.0.0.1', 35818),
      acceptedAt: at(3, 18, 32, 847),
      backendName: 'fh',
      activeTime: 1501,
      termination: 'CR--',
    }),
    '127.0.0.1:35818 [23/Nov/2026:03:18:32.847] fh fh/<NOSRV> -1/-1/-1/-1/1501 400 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  ],
  [
    'a redirect',
    'httplog',
    record({
      ...nowhere,
      connection: connection('127.0.0.1', 60750),
      acceptedAt: at(6, 47, 45, 383),
      backendName: 'fh',
      status: 302,
      bytesToClient: 83,
      termination: 'LR--',
      requestLine: 'GET /red HTTP/1.1',
    }),
    '127.0.0.1:60750 [23/Nov/2026:06:47:45.383] fh fh/<NOSRV> 0/-1/-1/-1/0 302 83 - - LR-- 1/1/0/0/0 0/0 "GET /red HTTP/1.1"',
  ],
  [
    'a backend without servers',
    'httplog',
    record({
      ...nowhere,
      connection: connection('127.0.0.1', 60766),
      acceptedAt: at(6, 47, 45, 535),
      backendName: 'none',
      status: 503,
      bytesToClient: 217,
      termination: 'SC--',
      requestLine: 'GET /none HTTP/1.1',
    }),
    '127.0.0.1:60766 [23/Nov/2026:06:47:45.535] fh none/<NOSRV> 0/-1/-1/-1/0 503 217 - - SC-- 1/1/0/0/0 0/0 "GET /none HTTP/1.1"',
  ],
  [
    'a redispatched request',
    'httplog',
    record({
      connection: connection('127.0.0.1', 60776),
      acceptedAt: at(6, 47, 45, 687),
      backendName: 'flaky',
      responseTime: 1,
      activeTime: 1,
      retries: 1,
      redispatched: true,
      requestLine: 'GET /flaky HTTP/1.1',
    }),
    '127.0.0.1:60776 [23/Nov/2026:06:47:45.687] fh flaky/s1 0/0/0/1/1 200 106 - - ---- 1/1/0/0/+1 0/0 "GET /flaky HTTP/1.1"',
  ],
  [
    'a double quote in the target',
    'httplog',
    record({
      ...fast,
      connection: connection('127.0.0.1', 35788),
      acceptedAt: at(3, 18, 31, 622),
      requestLine: 'GET /a"b HTTP/1.1',
    }),
    '127.0.0.1:35788 [23/Nov/2026:03:18:31.622] fh be/s1 0/0/0/0/0 200 106 - - ---- 1/1/0/0/0 0/0 "GET /a#22b HTTP/1.1"',
  ],
  [
    'punctuation that is not escaped',
    'httplog',
    record({
      ...fast,
      connection: connection('127.0.0.1', 35800),
      acceptedAt: at(3, 18, 31, 930),
      requestLine: "GET /<>{|}\\~^`' HTTP/1.1",
    }),
    '127.0.0.1:35800 [23/Nov/2026:03:18:31.930] fh be/s1 0/0/0/0/0 200 106 - - ---- 1/1/0/0/0 0/0 "GET /<>{|}\\~^`\' HTTP/1.1"',
  ],
  [
    'a request line of more than 1023 characters',
    'httplog',
    record({
      ...fast,
      connection: connection('127.0.0.1', 35814),
      acceptedAt: at(3, 18, 32, 693),
      requestLine: `GET /${'l'.repeat(1200)} HTTP/1.1`,
    }),
    `127.0.0.1:35814 [23/Nov/2026:03:18:32.693] fh be/s1 0/0/0/0/0 200 106 - - ---- 1/1/0/0/0 0/0 "GET /${'l'.repeat(1018)}"`,
  ],
  [
    'a good request',
    'httplog-clf',
    record({
      ...fast,
      connection: connection('127.0.0.1', 33498),
      acceptedAt: at(6, 47, 46, 301),
      frontendName: 'fclf',
    }),
    '127.0.0.1 - - [23/Nov/2026:06:47:46 +0000] "GET /a?b=1 HTTP/1.1" 200 106 "" "" 33498 301 "fclf" "be" "s1" ' +
      '0 0 0 0 0 ---- 1 1 0 0 0 0 0 "" "" ',
  ],
  [
    'a bad request',
    'httplog-clf',
    record({
      ...bad,
      connection: connection('127.0.0.1', 33510),
      acceptedAt: at(6, 47, 46, 606),
      frontendName: 'fclf',
      backendName: 'fclf',
      termination: 'PR--',
    }),
    '127.0.0.1 - - [23/Nov/2026:06:47:46 +0000] "<BADREQ>" 400 0 "" "" 33510 606 "fclf" "fclf" "<NOSRV>" -1 -1 ' +
      '-1 -1 0 PR-- 1 1 0 0 0 0 0 "" "" ',
  ],
  [
    'a unix socket',
    'httplog-clf',
    record({
      ...fast,
      connection: connection('', 2),
      acceptedAt: at(6, 47, 46, 910),
      frontendName: 'fclf',
      requestLine: 'GET /unix HTTP/1.1',
    }),
    'unix - - [23/Nov/2026:06:47:46 +0000] "GET /unix HTTP/1.1" 200 106 "" "" 2 910 "fclf" "be" "s1" 0 0 0 0 0 ---- 1 1 0 0 0 0 0 "" "" ',
  ],
  [
    'a byte above 126 and a hash',
    'httplog-clf',
    record({
      ...fast,
      connection: connection('127.0.0.1', 40144),
      acceptedAt: at(6, 48, 32, 388),
      frontendName: 'fclf',
      status: 400,
      bytesToClient: 43,
      requestLine: "GET /<>{|}\\~^`'\u00e9# HTTP/1.1",
    }),
    '127.0.0.1 - - [23/Nov/2026:06:48:32 +0000] "GET /<>{|' +
      '}\\~^`\'#E9#23 HTTP/1.1" 400 43 "" "" 40144 388 "fclf" "be" "s1" 0 0 0 0 0 ---- 1 1 0 0 0 0 0 "" "" ',
  ],
  [
    'a redispatched request',
    'httplog-clf',
    record({
      ...fast,
      connection: connection('127.0.0.1', 40154),
      acceptedAt: at(6, 48, 32, 540),
      frontendName: 'fclf',
      backendName: 'flaky',
      retries: 1,
      redispatched: true,
      requestLine: 'GET /flaky HTTP/1.1',
    }),
    '127.0.0.1 - - [23/Nov/2026:06:48:32 +0000] "GET /flaky HTTP/1.1" 200 106 "" "" 40154 540 "fclf" "flaky" ' +
      '"s1" 0 0 0 0 0 ---- 1 1 0 0 +1 0 0 "" "" ',
  ],
  [
    'a good request',
    'tcplog',
    record({
      ...fast,
      connection: connection('127.0.0.1', 40016),
      acceptedAt: at(6, 47, 47, 214),
      frontendName: 'ftcp',
    }),
    '127.0.0.1:40016 [23/Nov/2026:06:47:47.214] ftcp be/s1 0/0/0 106 -- 1/1/0/0/0 0/0',
  ],
  [
    'a redispatched request',
    'tcplog',
    record({
      ...fast,
      connection: connection('127.0.0.1', 40032),
      acceptedAt: at(6, 47, 47, 368),
      frontendName: 'ftcp',
      backendName: 'flaky',
      retries: 1,
      redispatched: true,
    }),
    '127.0.0.1:40032 [23/Nov/2026:06:47:47.368] ftcp flaky/s1 0/0/0 106 -- 1/1/0/0/+1 0/0',
  ],
  [
    'a good request',
    'default',
    record({ connection: connection('127.0.0.1', 37012, '127.0.0.1', 25004), frontendName: 'fdef' }),
    'Connect from 127.0.0.1:37012 to 127.0.0.1:25004 (fdef/HTTP)',
  ],
  [
    'an IPv6 client',
    'default',
    record({ connection: connection('::1', 34362, '::1', 25008), frontendName: 'fdef' }),
    'Connect from ::1:34362 to ::1:25008 (fdef/HTTP)',
  ],
  [
    'a unix socket',
    'default',
    record({ connection: connection('', 2, '', 2), frontendName: 'fdef' }),
    'Connect to unix:2 (fdef/HTTP)',
  ],
  [
    'a request that set-src gave another client',
    'default',
    record({
      connection: {
        ...connection('192.0.2.1', 37012, '127.0.0.1', 25004),
        before: connection('127.0.0.1', 37012, '127.0.0.1', 25004),
      },
      frontendName: 'fdef',
    }),
    'Connect from 127.0.0.1:37012 to 127.0.0.1:25004 (fdef/HTTP)',
  ],
  ['a bad request', 'default', record({ ...bad, frontendName: 'fdef', termination: 'PR--' }), undefined],
];

describe('a line equals what HAProxy writes for', () => {
  for (const [title, format, value, line] of captured) {
    test(`${title}, as ${format}`, () => assert.equal(formats[format](value), line));
  }
});

test('the date is local time in httplog and UTC in clf', (t) => {
  t.after(() => (process.env['TZ'] = 'UTC'));
  process.env['TZ'] = 'America/St_Johns';
  const value = record({ acceptedAt: at(6, 48, 31, 449) });
  assert.match(formats.httplog(value), /\[23\/Nov\/2026:03:18:31\.449\]/);
  assert.match(formats['httplog-clf'](value), /\[23\/Nov\/2026:06:48:31 \+0000\]/);
});

test('a request line cannot end the quotes or begin another line', () => {
  for (let code = 0; code < 0x200; code += 1) {
    const line = formats.httplog(record({ requestLine: `GET /${String.fromCharCode(code)} HTTP/1.1` }));
    assert.match(line, /"[ !$-~#]+"$/);
    assert.equal(line.split('"').length, 3);
  }
});
