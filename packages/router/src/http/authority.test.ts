import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestHeadFor } from './testing.ts';
import { WireRequest } from './request-facts.ts';
import { parseRequestHead } from './request-head.ts';
import { pathOf } from '../sample/target.ts';

const limits = { maxHeadBytes: 15_360, maxHeaders: 100 };
const endpoint = { address: '127.0.0.1', port: 1 };
const connection = {
  peer: endpoint,
  local: endpoint,
  client: endpoint,
  destination: endpoint,
  proxied: false,
  tls: undefined,
};

/** Host and path as the rules see them, and the lines of the head that a server gets. */
function read(...lines: readonly string[]): readonly [host: readonly string[], path: string | undefined, sent: string] {
  const head = parseRequestHead([...lines, '', ''].join('\r\n'), limits);
  if ('refused' in head) throw new Error(`refused: ${head.reason}`);
  const facts = new WireRequest(connection, head);
  return [facts.header('host'), pathOf(facts.target), requestHeadFor(head, undefined, true)];
}

function sent(...lines: readonly string[]): string {
  return [...lines, 'Connection: close', '', ''].join('\r\n');
}

test('the authority of an absolute target is Host where there is none', () => {
  assert.deepEqual(read('GET http://admin.test/ HTTP/1.0', 'X: y'), [
    ['admin.test'],
    '/',
    sent('GET http://admin.test/ HTTP/1.0', 'X: y', 'Host: admin.test'),
  ]);
  assert.deepEqual(read('GET HTTPS://Admin.test:8443/a?b HTTP/1.0')[0], ['Admin.test:8443']);
  assert.deepEqual(read('CONNECT admin.test:443 HTTP/1.0')[0], ['admin.test:443']);
});

test('the default port of the scheme is no part of the Host it gives', () => {
  assert.deepEqual(read('GET http://a:80/ HTTP/1.0')[0], ['a']);
  assert.deepEqual(read('GET https://a:443/ HTTP/1.0')[0], ['a']);
  assert.deepEqual(read('GET https://a:80/ HTTP/1.0')[0], ['a:80']);
});

test('a Host that names the same place in other words gives way to the target', () => {
  assert.deepEqual(read('GET http://a/x HTTP/1.1', 'A: 1', 'Host: a:80', 'B: 2'), [
    ['a'],
    '/x',
    sent('GET http://a/x HTTP/1.1', 'A: 1', 'Host: a', 'B: 2'),
  ]);
});

test('a Host that says the same stays as it was written', () => {
  assert.deepEqual(read('GET http://A:80/x HTTP/1.1', 'hOST: a'), [
    ['a'],
    '/x',
    sent('GET http://A:80/x HTTP/1.1', 'hOST: a'),
  ]);
});

test('an absolute target without a path has the path /', () => {
  assert.deepEqual(read('GET http://a HTTP/1.1', 'Host: a'), [['a'], '/', sent('GET http://a/ HTTP/1.1', 'Host: a')]);
  assert.deepEqual(read('GET http://a HTTP/1.0'), [['a'], '/', sent('GET http://a/ HTTP/1.0', 'Host: a')]);
});

test('OPTIONS of an authority without a path is about the server and stays without one', () => {
  assert.deepEqual(read('OPTIONS http://a HTTP/1.1', 'Host: a'), [
    ['a'],
    undefined,
    sent('OPTIONS http://a HTTP/1.1', 'Host: a'),
  ]);
});

for (const target of [
  'http://a?/admin',
  'http://a?',
  'http://:80/x',
  'http:///admin',
  'http://a#/admin',
  'http://u@a/',
]) {
  test(`a target in which parsers find different authorities or paths is refused: ${target}`, () => {
    for (const version of ['1.0', '1.1']) {
      const head = parseRequestHead(`GET ${target} HTTP/${version}\r\nHost: a\r\n\r\n`, limits);
      assert.equal('refused' in head && head.status, 400);
    }
  });
}

test('a repeated request is read as the first one was', () => {
  const text = 'GET http://a HTTP/1.0\r\nX: y\r\n\r\n';
  const first = parseRequestHead(text, limits);
  assert.ok(!('refused' in first));
  assert.deepEqual(parseRequestHead(text, limits, first), first);
});
