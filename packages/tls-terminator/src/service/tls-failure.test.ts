import assert from 'node:assert/strict';
import test from 'node:test';
import { explainTlsFailure } from './tls-failure.ts';

const failures: readonly (readonly [string | undefined, string, string, RegExp])[] = [
  ['ECONNRESET', 'socket hang up', 'debug', /port scan/],
  ['ERR_SSL_NO_SHARED_CIPHER', 'x', 'info', /ciphers/],
  [
    'ERR_SSL_SOMETHING_NEW',
    '80AB:error:0A000126:SSL routines::some new reason:../ssl/x.c:1:\n',
    'info',
    /^some new reason$/,
  ],
  ['EWHATEVER', 'odd', 'info', /^EWHATEVER$/],
  [undefined, 'from a callback', 'info', /^from a callback$/],
];

for (const [code, message, severity, words] of failures) {
  test(`a handshake failure ${code ?? 'without a code'} is said in words, at ${severity}`, () => {
    const explained = explainTlsFailure(Object.assign(new Error(message), code === undefined ? {} : { code }));
    assert.equal(explained.severity, severity);
    assert.match(explained.words, words);
  });
}
