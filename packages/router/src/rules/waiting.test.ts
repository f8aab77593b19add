import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frontend, RequestRule } from '../model/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';
import { notYet } from '../sample/not-yet.ts';
import { decideFrontend } from './evaluate.ts';
import { evaluationOf, frontendOf } from './testing.ts';

/** A rule that leaves a trace, and waits until `known` is true when it has such a condition. */
function rule(name: string, trace: string[], known?: () => boolean): RequestRule {
  const when = (): boolean => {
    if (known?.() === false) throw notYet;
    return true;
  };
  return {
    at: { file: 'x', line: 1, column: 1 },
    text: name,
    when: Object.assign(when, {}),
    act: () => {
      trace.push(name);
      return { kind: 'continue' };
    },
    reads: [],
  };
}

function frontend(parts: Partial<Frontend>): Frontend {
  return { ...frontendOf('default_backend b').frontend, ...parts };
}

test('a rule that waits for a value is gone on with, and those before it do not run again', () => {
  const trace: string[] = [];
  let known = false;
  const waits = (): boolean => known;
  const all = frontend({
    contentRules: [rule('content', trace), rule('content waits', trace, waits)],
    requestRules: [rule('one', trace), rule('two waits', trace, waits), rule('three', trace)],
    redirects: [rule('redirect', trace)],
  });
  const on: Evaluation = evaluationOf({});
  const first = decideFrontend(all, on);
  assert.ok(first.kind === 'wait');
  assert.deepEqual(trace, ['content']);
  const again = first.resume();
  assert.ok(again.kind === 'wait', 'the value is still not known');
  assert.deepEqual(trace, ['content']);
  known = true;
  assert.deepEqual(again.resume(), { kind: 'backend', name: 'b' });
  assert.deepEqual(trace, ['content', 'content waits', 'one', 'two waits', 'three', 'redirect']);
});

test('use_backend rules wait too', () => {
  let known = false;
  const when = (): boolean => {
    if (!known) throw notYet;
    return true;
  };
  const at = { file: 'x', line: 1, column: 1 };
  const all = frontend({ useBackends: [{ at, text: '', when, backend: 'chosen' }] });
  const first = decideFrontend(all, evaluationOf({}));
  assert.ok(first.kind === 'wait');
  known = true;
  assert.deepEqual(first.resume(), { kind: 'backend', name: 'chosen' });
});

test('any other error is not taken for waiting', () => {
  const broken = rule('broken', [], () => {
    throw new RangeError('a defect');
  });
  assert.throws(() => decideFrontend(frontend({ requestRules: [broken] }), evaluationOf({})), /a defect/);
});
