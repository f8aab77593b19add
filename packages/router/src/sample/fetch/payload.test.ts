import assert from 'node:assert/strict';
import test from 'node:test';
import { formatProblem, Problems } from '@headgate/shared/config/problem';
import { evaluationOf } from '../../rules/testing.ts';
import { compileExpression } from '../expression.ts';
import { phases } from '../phase.ts';
import { payload } from './payload.ts';

const at = { file: 'x.cfg', line: 1, column: 1 };
const reading = payload['req.len']?.compile({} as never);

test('req.len is the size of a request as far as it has come, in mode http', () => {
  assert.ok(reading !== undefined && typeof reading !== 'string' && reading.kind === 'number');
  const on = evaluationOf();
  const request = {
    ...on.request,
    headBytes: 40,
    body: () => ({ text: 'abc', length: 3, size: 9, enough: () => true }),
  };
  assert.equal(reading.one({ ...on, request }), 43);
  assert.equal(reading.each((value) => value === 43)({ ...on, request }), true);
  assert.equal(reading.one({ ...on, payload: { text: 'abcde', complete: true } }), 5);
});

test('rules on requests may ask for it, rules on connections may not', () => {
  const said = (phase: (typeof phases)[keyof typeof phases]): readonly string[] => {
    const problems = new Problems();
    compileExpression({ text: 'req.len', at }, { problems, readFile: () => undefined, phase });
    return problems.list.map(formatProblem);
  };
  assert.deepEqual(said(phases.request), []);
  assert.deepEqual(said(phases.stream), []);
  assert.match(said(phases.connection)[0] ?? '', /needs the bytes of a connection or request/);
});
