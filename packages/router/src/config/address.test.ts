import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from './address.ts';
import type { Address } from './address.ts';

function spell(address: Address): string {
  if (address.kind === 'error') return 'error';
  if (address.kind === 'unix') return `unix ${address.path}`;
  return [address.host || 'any', address.port ?? 'none', address.last].filter((part) => part !== undefined).join(' ');
}

test('an address is read in every spelling of HAProxy', () => {
  const cases: readonly (readonly [text: string, meaning: string])[] = [
    ['127.0.0.1:80', '127.0.0.1 80'],
    ['localhost:3000', 'localhost 3000'],
    ['my-host_1.example.org:1', 'my-host_1.example.org 1'],
    [':80', 'any 80'],
    ['*:80', 'any 80'],
    ['*', 'any none'],
    ['localhost', 'localhost none'],
    ['localhost:', 'localhost none'],
    ['[::1]:80', '::1 80'],
    ['[::1]', '::1 none'],
    ['::1:80', '::1 80'],
    [':::80', ':: 80'],
    ['[::]:80', ':: 80'],
    ['ipv4@127.0.0.1:80', '127.0.0.1 80'],
    ['ipv6@:80', ':: 80'],
    ['ipv6@::1:80', '::1 80'],
    ['tcp@127.0.0.1:80', '127.0.0.1 80'],
    ['tcp6@[::1]:80', '::1 80'],
    ['ip@127.0.0.1:80', '127.0.0.1 80'],
    ['stream+ipv4@127.0.0.1:80', '127.0.0.1 80'],
    ['uxst@/run/x.sock', 'unix /run/x.sock'],
    [':80-82', 'any 80 82'],
    ['/run/x.sock', 'unix /run/x.sock'],
    ['unix@x.sock', 'unix x.sock'],
    [':0', 'any 0'],
    [':65535', 'any 65535'],
  ];
  for (const [text, meaning] of cases) assert.equal(spell(parseAddress(text)), meaning, text);
});

test('an address for datagrams is one of a log or a name server alone', () => {
  for (const text of ['udp@127.0.0.1:514', 'dgram+ipv4@127.0.0.1:514', 'uxdg@/run/x.sock']) {
    assert.equal(parseAddress(text).kind, 'error', text);
    assert.notEqual(parseAddress(text, { datagrams: true }).kind, 'error', text);
  }
});

test('an address of the other version of IP than it says is an error', () => {
  for (const text of ['ipv6@127.0.0.1:80', 'tcp6@127.0.0.1:80', 'ipv4@[::1]:80', 'tcp4@::1:80'])
    assert.equal(parseAddress(text).kind, 'error', text);
});

test('what is no address is an error', () => {
  const wrong = [
    '300.1.1.1:80',
    '1.2.3:80',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    'a:b',
    'a b:80',
    '[localhost]:80',
    '[]:80',
    '[::1:80',
    ':::::80',
    'unix@',
    '80-90:x',
    ':90-80',
    'fd@3',
    'abns@',
    'abns@a b',
    `abns@${'x'.repeat(108)}`,
    'quic4@:443',
    `/${'x'.repeat(107)}`,
    '-x:80',
    'a/b:80',
  ];
  for (const text of wrong) assert.equal(spell(parseAddress(text)), 'error', text);
  assert.equal(spell(parseAddress('abns@x')), 'unix abns@x');
  assert.equal(spell(parseAddress(`/${'x'.repeat(106)}`)), `unix /${'x'.repeat(106)}`);
});
