import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainShortage, planConnections } from './descriptors.ts';

const HOLDERS = { listening: 16, checks: 3, logs: 1 };

function limits(soft: string): string {
  return `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft}                 1048576              files\n`;
}

test('without maxconn a process holds as many connections as its open files allow, the waiting ones included', () => {
  for (const files of [200, 1024, 4096, 65_536]) {
    const { maxconn, waiting, shortage } = planConnections(limits(String(files)), HOLDERS, undefined);
    assert.ok(maxconn > (files - 100) / 3 - 10, `${files}: ${maxconn}`);
    assert.ok(2 * maxconn + waiting + 64 + 32 + 4 <= files, `${files}: ${maxconn} and ${waiting}`);
    assert.ok(waiting <= 4096);
    assert.equal(shortage, undefined);
  }
});

test('a maxconn that the limit carries is kept, and the rest may wait', () => {
  assert.deepEqual(planConnections(limits('1024'), HOLDERS, 100), { maxconn: 100, waiting: 724, shortage: undefined });
});

test('a maxconn that the limit cannot carry is told with its figures and what is possible', () => {
  const plan = planConnections(limits('1024'), HOLDERS, 20_000);
  assert.deepEqual(plan.shortage, { needed: 40_116, limit: 1024, possible: 454 });
  assert.match(
    explainShortage(plan) ?? '',
    /^maxconn 20000 needs 40116 open files .* the limit is 1024: .* or write maxconn 454 at most$/,
  );
  const possible = planConnections(limits('1024'), HOLDERS, 454);
  assert.equal(explainShortage(possible), undefined);
  assert.notEqual(explainShortage(planConnections(limits('1024'), HOLDERS, 455)), undefined);
});

test('a limit that does not even carry what listens stops the start too', () => {
  assert.match(
    explainShortage(planConnections(limits('64'), HOLDERS, undefined)) ?? '',
    /^maxconn 1 needs 118 .*unit\)$/,
  );
});

test('without a limit, or where none can be read, nothing is limited unless asked for', () => {
  for (const text of [limits('unlimited'), '']) {
    assert.equal(planConnections(text, HOLDERS, undefined).maxconn, 0);
    assert.equal(planConnections(text, HOLDERS, 7).maxconn, 7);
  }
});
