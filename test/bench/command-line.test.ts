import assert from 'node:assert/strict';
import { it } from 'node:test';
import { cases } from '../../bench/cases.ts';
import { HELP, readCommandLine } from '../../bench/command-line.ts';

it('the bench measures every case with every contender by default', () => {
  const wanted = readCommandLine([]);
  assert.ok(typeof wanted === 'object');
  assert.deepEqual(wanted.cases, Object.keys(cases));
  assert.equal(wanted.rows, undefined);
  assert.equal(wanted.pace.name, 'full');
  const less = readCommandLine(['--quick', '--only', 'small,start', '--rows', 'router,haproxy']);
  assert.ok(typeof less === 'object');
  assert.deepEqual([less.cases, less.rows, less.pace.name], [['small', 'start'], ['router', 'haproxy'], 'quick']);
});

it('the bench documents each of its options and names unknown ones', () => {
  for (const option of ['--only', '--rows', '--quick', '--smoke', '--out', '--report', '--list', '--help'])
    assert.ok(HELP.includes(`\n  ${option} `), option);
  assert.equal(readCommandLine(['--help']), 'help');
  assert.throws(() => readCommandLine(['--only', 'smal']), /no such case 'smal'/);
  assert.throws(() => readCommandLine(['--rows', 'haprxy']), /no such contender 'haprxy'/);
  assert.throws(() => readCommandLine(['--fast']), /fast/);
});

it('only one case repeats its request, and no goal rests on it', async () => {
  const { goals } = await import('../../bench/goals.ts');
  const repeating = Object.entries(cases).filter(([, { requests }]) => requests === 'repeated');
  assert.deepEqual(
    repeating.map(([name]) => name),
    ['small-repeated'],
  );
  assert.deepEqual(
    goals.filter((goal) => goal.case === 'small-repeated'),
    [],
  );
});
