import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeOf, explainFailure, StartFailure } from './start-failure.ts';

function systemError(code: string, details: object): Error {
  return Object.assign(new Error(`${code}: raw`), { code, ...details });
}

for (const [error, expected] of [
  [
    systemError('EADDRINUSE', { syscall: 'listen', address: '::', port: 443 }),
    /^cannot listen on \[::\]:443: the address is already in use .*:443/,
  ],
  [
    systemError('EADDRINUSE', { syscall: 'listen', address: '/run/x.sock', port: -1 }),
    /^cannot listen on \/run\/x\.sock: the address is already in use$/,
  ],
  [
    systemError('EACCES', { syscall: 'listen', address: '0.0.0.0', port: 80 }),
    /^cannot listen on 0\.0\.0\.0:80: permission denied\. .*CAP_NET_BIND_SERVICE.*setcap/,
  ],
  [
    systemError('EACCES', { syscall: 'listen', address: '/none/x.sock', port: -1 }),
    /^cannot listen on \/none\/x\.sock: its directory does not exist$/,
  ],
  [
    systemError('EACCES', { syscall: 'listen', address: '/x.sock', port: -1 }),
    /^cannot listen on \/x\.sock: permission denied$/,
  ],
  [systemError('EACCES', { syscall: 'open', path: '/etc/x' }), /^cannot open \/etc\/x: permission denied$/],
  [
    systemError('EADDRNOTAVAIL', { syscall: 'listen', address: '192.0.2.1', port: 80 }),
    /^cannot listen on 192\.0\.2\.1:80: this machine has no such address$/,
  ],
  [systemError('ENOENT', { syscall: 'open', path: '/etc/x' }), /^cannot open \/etc\/x: no such file or directory$/],
  [systemError('ENOTFOUND', { hostname: 'nowhere.test' }), /^cannot resolve the name nowhere\.test$/],
  [systemError('EMFILE', {}), /^too many open files/],
  [systemError('ELSE', {}), /^ELSE: raw$/],
  [new StartFailure('already running'), /^already running$/],
  [new TypeError('a mistake of ours'), /^TypeError: a mistake of ours\n {4}at /],
  ['a string', /^a string$/],
] as const) {
  test(`${String(error)} is explained`, () => assert.match(explainFailure(error), expected));
}

test('a temporary failure exits with 75, a permanent one with 1, a bug with 70', () => {
  for (const code of ['EADDRINUSE', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'ENOTFOUND', 'EMFILE'])
    assert.equal(exitCodeOf(systemError(code, {})), 75, code);
  for (const code of ['EACCES', 'EPERM', 'ENOENT']) assert.equal(exitCodeOf(systemError(code, {})), 1, code);
  const socket = (address: string): Error => systemError('EACCES', { syscall: 'listen', address });
  assert.deepEqual([exitCodeOf(socket('/none/x.sock')), exitCodeOf(socket('/x.sock'))], [75, 1]);
  assert.equal(exitCodeOf(new StartFailure('already running', { temporary: true })), 75);
  assert.equal(exitCodeOf(new StartFailure('cannot become nobody')), 1);
  assert.equal(exitCodeOf(new TypeError('a mistake of ours')), 70);
});
