import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { TempDir } from '../../../../test/support/temp.ts';
import { until } from '../../../../test/support/until.ts';
import { readCertificates, TerminatorWatch } from './terminator-watch.ts';

const ONE = { service: 'web/1', file: '/a.pem', subject: 'CN=a', names: ['a.example'], state: 'expiring' };
const ANSWER = JSON.stringify({
  done: true,
  total: 7,
  certificates: [{ ...ONE, notAfter: '2026-12-07T00:00:00.000Z' }],
});

function answering(t: TestContext, answer: () => string): Promise<string> {
  const path = new TempDir(t).join('control');
  const server = createServer((socket) => void socket.on('data', () => socket.end(answer())).on('error', () => {}));
  t.after(() => server.close());
  return new Promise((resolve) => server.listen(path, () => resolve(path)));
}

function seen(watch: TerminatorWatch): Promise<NonNullable<TerminatorWatch['seen']>> {
  return until('the terminator to be asked', () => watch.seen);
}

test('the terminator is asked while something shows its certificates, and not before', async (t) => {
  let asked = 0;
  const path = await answering(t, () => ((asked += 1), ANSWER));
  const watch = new TerminatorWatch();
  t.after(() => watch.stop());
  watch.follow({ address: { path }, inside: false });
  assert.equal(asked, 0);
  watch.start();
  const { total, list, problem } = await seen(watch);
  assert.deepEqual(
    [total, problem, list],
    [7, undefined, [{ ...ONE, notAfter: Date.parse('2026-12-07T00:00:00.000Z') }]],
  );
  watch.follow(undefined);
  assert.equal(watch.seen, undefined);
});

test('the reason why a terminator cannot be reached is shown', async (t) => {
  const watch = new TerminatorWatch();
  t.after(() => watch.stop());
  watch.start();
  watch.follow({ address: { path: '/nowhere/control' }, inside: false });
  const { problem, list } = await seen(watch);
  assert.match(problem ?? '', /ENOENT/);
  assert.deepEqual(list, []);
});

test('an answer that is too long is refused', async (t) => {
  const path = await answering(t, () => 'x'.repeat(3_000_000));
  const watch = new TerminatorWatch();
  t.after(() => watch.stop());
  watch.start();
  watch.follow({ address: { path }, inside: false });
  assert.match((await seen(watch)).problem ?? '', /more than 2000000 characters/);
});

test('an answer with values that have no text is no reason to end', async (t) => {
  const path = await answering(t, () => '{"certificates":[{"names":[{"toString":1}]}]}');
  const watch = new TerminatorWatch();
  t.after(() => watch.stop());
  watch.start();
  watch.follow({ address: { path }, inside: false });
  assert.match((await seen(watch)).problem ?? '', /Cannot convert object to primitive value/);
});

for (const [answer, why] of [
  ['Unknown command. Please enter one of the following', /does not know 'show certificates'/],
  ['Permission denied\n', /does not know 'show certificates': Permission denied$/],
  ['[]', /something else/],
  ['null', /something else/],
  ['{"certificates":"x"}', /something else/],
] as const)
  test(`an invalid answer: ${answer}`, () => {
    const read = readCertificates(answer);
    assert.ok(typeof read === 'string');
    assert.match(read, why);
  });

test('certificates with anything in them are read as texts', () => {
  const read = readCertificates('{"certificates":[null,{"service":7,"names":[1,{}],"notAfter":"soon","state":"x"}]}');
  const empty = { service: '', file: '', subject: '', notAfter: 0, state: 'valid' };
  assert.deepEqual(typeof read === 'object' && read.list, [
    { ...empty, names: [] },
    { ...empty, names: ['1', '[object Object]'] },
  ]);
});
