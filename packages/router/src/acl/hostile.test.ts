import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from '@headgate/shared/config/problem';
import { decideFrontend } from '../rules/evaluate.ts';
import { frontendOf, evaluationOf, wordsOf } from '../rules/testing.ts';
import type { Wanted } from '../rules/testing.ts';
import { compileCriterion } from './criterion.ts';

/** As long as a head may be. */
const LONGEST = 15_000;
/** Generous: these take 1 to 4 ms; a search that is not linear takes seconds. */
const MAX_MICROSECONDS = 250_000;

const full = (part: string): string => part.repeat(LONGEST / part.length);
const header = (name: string, value: string): Wanted => ({ headers: [[name, value]] });

const heavy: readonly (readonly [criterion: string, says: string, request: Wanted])[] = [
  ['hdr_reg(x) ^[a-z]+\\.example$', 'commas', header('x', full(','))],
  ['hdr_reg(x) ^(a+)+$', 'the classic', header('x', `${full('a')}!`)],
  ['hdr_reg(x) -i .*y.*y.*z$', 'many starts', header('x', full('y'))],
  ['hdr_dom(x) -i dev', 'near misses', header('x', full('dev'))],
  ['hdr_sub(x) -i aaaaab', 'near misses', header('x', full('a'))],
  ['hdr_ip(x) 1.2.3.4', 'addresses', header('x', full('1.2.3.5,'))],
  ['hdr(x),host_only a', 'ports', header('x', full(':1'))],
  ['hdr_cnt(x) 1', 'open quotes', header('x', full('"\\'))],
  ['cook(a) 1', 'names without values', header('cookie', full('a;'))],
  ['cook_cnt(a) 1', 'pairs', header('cookie', full('a=2;'))],
  ['urlp(a) 1', 'names without values', { target: `/?${full('a&')}` }],
];

for (const [criterion, says, request] of heavy) {
  test(`${criterion} stays quick on a head full of ${says}`, () => {
    const problems = new Problems();
    const compiled = compileCriterion(
      wordsOf(criterion),
      { file: 'test.cfg', line: 1, column: 1 },
      { problems, readFile: () => undefined },
    );
    assert.ok(compiled);
    const start = process.cpuUsage();
    compiled.test(evaluationOf(request));
    assert.ok(process.cpuUsage(start).user < MAX_MICROSECONDS);
  });
}

/** Valid words in random order. */
const pieces = [
  'acl',
  'a',
  'b',
  'hdr(x)',
  'hdr(',
  'hdr(x,',
  ',lower',
  'src',
  'path',
  '-i',
  '-m',
  'reg',
  '-f',
  '--',
  '[',
  '(',
  ')',
  '*',
  '{2,1}',
  '{',
  '}',
  '!{',
  '!',
  'or',
  'if',
  'unless',
  '10.0.0.0/8',
  '::/129',
  '1:',
  ':',
  'gt',
  '"',
  "'",
  '\\',
  '%',
  '\u0000',
  'é',
  '😀',
  '__proto__',
  'constructor',
  'TRUE',
];
const starts = [
  'acl a ',
  'use_backend x ',
  'redirect ',
  'http-request ',
  'http-request deny ',
  'tcp-request connection ',
  'redirect prefix / ',
];

test('no configuration makes compiling or deciding throw', () => {
  let seed = 1;
  const random = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 3000; round += 1) {
    const words = Array.from({ length: random(7) }, () => pieces[random(pieces.length)]);
    const line = `${starts[random(starts.length)]}${words.join(random(4) === 0 ? '' : ' ')}`;
    const { frontend } = frontendOf(line);
    assert.doesNotThrow(() => decideFrontend(frontend, evaluationOf({ headers: [['x', 'a, b']] })), line);
  }
});
