import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_STEP_COST } from './automaton.ts';
import { compileRegex } from './compile.ts';

/** As long as a head may be, nearly. */
const LENGTH = 14_000;

function fill(part: string): string {
  return part.repeat(Math.ceil(LENGTH / part.length)).slice(0, LENGTH);
}

/** Letters in a non-repeating order, so that new sets of states keep appearing. */
function mixed(letters: string): string {
  let seed = 1;
  let text = '';
  while (text.length < LENGTH) {
    seed = (seed * 48_271) % 2_147_483_647;
    text += letters.charAt(seed % letters.length);
  }
  return text;
}

const worst: readonly (readonly [pattern: string, sample: string, matches: boolean])[] = [
  ['a.{0,999}[bc]', fill('a'), false],
  ['a.{0,999}[bc]', mixed('aex'), false],
  ['a.{0,999}[bc]', `${mixed('aex')}b`, true],
  ['(bot|crawl|spider).{0,200}(scan|probe)', fill('botcrawlspider'), false],
  ['(bot|crawl|spider).{0,200}(scan|probe)', mixed('bot'), false],
  ['(.{1,64}/){1,16}x$', fill('a/'), false],
  ['(.{1,64}/){1,16}x$', mixed('a/'), false],
  ['[ab]*a[ab]{200}$', mixed('ab'), true],
  ['[ab]*a[ab]{15}c', mixed('ab'), false],
  ['a[ab]{15}c', mixed('ab'), false],
  ['(?i)(bot|crawler|spider)[^;]{0,99}\\bv\\d{1,4}\\.\\d$', mixed('botv1.;'), false],
  ['(a?){30}a{30}b', fill('a'), false],
  ['^.{1,8000}$', fill('a'), false],
  ['^(a+)+$', `${fill('a')}!`, false],
  ['^(a|a)*$', `${fill('a')}!`, false],
  ['(x+x+)+y', fill('x'), false],
  ['(\\w+\\s?)+$', `${mixed('ab ')}!`, false],
  ['a.*b.*c.*d.*e$', fill('abcd'), false],
  ['.*x$', fill('a'), false],
  ['([^,]*,){100}P', mixed('a,'), false],
  ['(?:a{0,30}b{0,30}){0,10}c', mixed('ab'), false],
  ['\\b(\\w{1,9}\\b\\W{1,9}){1,20}!', mixed('a- '), false],
];

for (const [pattern, sample, matches] of worst) {
  const says = `${sample.slice(0, 12)}...`;
  test(`${pattern} stays within its bound on ${says}`, () => {
    const { regex, problems } = compileRegex(pattern);
    assert.ok(regex, JSON.stringify(problems));
    assert.ok(regex.bound.stepCost <= MAX_STEP_COST);
    for (let round = 0; round < 3; round += 1) {
      const before = { ...regex.bound.effort };
      assert.equal(regex.test(sample), matches);
      const { sets, steps } = regex.bound.effort;
      assert.ok(sets - before.sets <= regex.bound.maxSets, `${sets - before.sets} sets of states`);
      assert.ok(steps - before.steps <= sample.length + 1, `${steps - before.steps} steps`);
    }
    assert.equal(regex.match(sample) !== undefined, matches);
  });
}

test('a sample that fills the table leaves it usable for the next sample', () => {
  const { regex } = compileRegex('[ab]*a[ab]{15}c');
  assert.ok(regex);
  regex.test(mixed('ab'));
  assert.ok(regex.bound.effort.steps > 0);
  const { steps } = regex.bound.effort;
  assert.equal(regex.test(`-${'a'.repeat(16)}c`), true);
  assert.equal(regex.bound.effort.steps, steps);
});

test('the table of an expression has at most 64 KiB of places and 16 sets', () => {
  for (const pattern of ['a', '[ab]*a[ab]{200}$', '^.{0,7999}$']) {
    const { maxSets } = compileRegex(pattern).regex?.bound ?? { maxSets: Infinity };
    assert.ok(maxSets <= 16_384 / 3, `${maxSets}`);
  }
});
