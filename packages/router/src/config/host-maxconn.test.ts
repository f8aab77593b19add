import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostMaxConn } from './host-maxconn.ts';

test('without maxconn, a process holds as many connections as its open files allow', () => {
  const limits = (soft: string): string =>
    `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft}                 1048576              files\n`;
  assert.equal(hostMaxConn(limits('1024'), 0), 448);
  assert.equal(hostMaxConn(limits('1024'), 16), 440);
  assert.equal(hostMaxConn(limits('1048576'), 0), 524_224);
  assert.equal(hostMaxConn(limits('16'), 16), 1);
  assert.equal(hostMaxConn(limits('unlimited'), 16), undefined);
  assert.equal(hostMaxConn(undefined, 16), undefined);
});
