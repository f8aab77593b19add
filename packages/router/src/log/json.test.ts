import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection, record } from '../../../../test/support/access-record.ts';
import { jsonLog } from './json.ts';

test('a JSON line has the documented keys, and distinguishes peer and client', () => {
  const facts = {
    ...connection('203.0.113.7', 40000, '198.51.100.1', 443),
    peer: { address: '127.0.0.1', port: 5000 },
    proxied: true,
    tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', sni: 'example.com', alpn: '', clientName: '' },
  };
  assert.deepEqual(JSON.parse(jsonLog(record({ connection: facts, host: 'example.com' }))), {
    time: '2026-11-23T06:47:44.612Z',
    client: '203.0.113.7',
    client_port: 40000,
    peer: '127.0.0.1',
    peer_port: 5000,
    proxied: true,
    frontend: 'fh',
    backend: 'be',
    server: 's1',
    method: 'GET',
    host: 'example.com',
    target: '/a?b=1',
    version: 'HTTP/1.1',
    status: 200,
    termination: '----',
    bytes_to_client: 106,
    bytes_from_client: 40,
    request_ms: 0,
    queue_ms: 0,
    connect_ms: 0,
    response_ms: 4,
    active_ms: 4,
    actconn: 1,
    feconn: 1,
    beconn: 0,
    srvconn: 0,
    retries: 0,
    redispatched: false,
    server_queue: 0,
    backend_queue: 0,
    tls_version: 'TLSv1.3',
    tls_cipher: 'TLS_AES_256_GCM_SHA384',
    tls_sni: 'example.com',
  });
});

test('a JSON line stays one short line, whatever a client sends', () => {
  const line = jsonLog(
    record({ requestLine: `GET /\n"\u0000${'x'.repeat(20_000)} HTTP/1.1`, host: 'h\n'.repeat(20_000) }),
  );
  assert.ok(!line.includes('\n'));
  assert.ok(line.length < 4000);
});

test('a bad request has no method, target or version', () => {
  const line: unknown = JSON.parse(jsonLog(record({ requestLine: '<BADREQ>' })));
  assert.ok(
    typeof line === 'object' && line !== null && !('method' in line) && !('target' in line) && !('version' in line),
  );
});

test('texts in UTF-8 are readable, and other bytes stay as they are', () => {
  const bytes = (text: string): string => Buffer.from(text).toString('latin1');
  const line = (userAgent: string): unknown =>
    (JSON.parse(jsonLog(record({ userAgent }))) as Record<string, unknown>)['user_agent'];
  assert.equal(line(bytes('Grüße 日本')), 'Grüße 日本');
  assert.equal(line('caf\xe9'), 'caf\xe9');
  assert.equal(line(bytes('ü'.repeat(2000))), 'ü'.repeat(1023));
});
