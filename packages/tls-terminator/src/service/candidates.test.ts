import assert from 'node:assert/strict';
import test from 'node:test';
import { candidateOrders } from './candidates.ts';

const at = { file: 'test', line: 1, column: 1 };
const connects = [
  { kind: 'tcp', at, text: 'localhost:80', hosts: ['127.0.0.1', '::1'], port: 80 },
  { kind: 'unix', at, text: '/run/a.sock', path: '/run/a.sock' },
  { kind: 'tcp', at, text: 'b:81', hosts: ['b'], port: 81 },
] as const;

const cases: readonly (readonly ['prio' | 'rr', number, string])[] = [
  ['prio', 0, '127.0.0.1:80 [::1]:80 /run/a.sock b:81'],
  ['prio', 7, '127.0.0.1:80 [::1]:80 /run/a.sock b:81'],
  ['rr', 0, '127.0.0.1:80 [::1]:80 /run/a.sock b:81'],
  ['rr', 1, '/run/a.sock b:81 127.0.0.1:80 [::1]:80'],
  ['rr', 5, 'b:81 127.0.0.1:80 [::1]:80 /run/a.sock'],
];

for (const [failover, turn, expected] of cases) {
  test(`connection ${turn} with failover = ${failover} tries ${expected}`, () => {
    const orders = candidateOrders({ connects, failover });
    assert.equal(orders[turn % orders.length]?.map(({ text }) => text).join(' '), expected);
  });
}
