import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { evaluationOf } from '../rules/testing.ts';
import type { Wanted } from '../rules/testing.ts';
import { compileFormat } from './format.ts';
import type { Format } from './format.ts';
import { phases } from './phase.ts';
import type { FormatOptions } from './shown.ts';

const at = { file: 'test.cfg', line: 1, column: 1 };
const asked: Wanted = {
  method: 'POST',
  target: '/a/b?c=d',
  headers: [
    ['Host', 'x.test'],
    ['X', 'say "hi"'],
    ['Y', 'a\tb'],
    ['Z', 'a\rb'],
  ],
  connection: { client: { address: '192.0.2.7', port: 4711 } },
};

function compiled(text: string, options?: FormatOptions): Format | readonly string[] {
  const problems = new Problems();
  const format = compileFormat({ text, at }, { problems, readFile: () => undefined, phase: phases.request }, options);
  return format ?? problems.list.map(formatProblem);
}

function rendered(text: string, options?: FormatOptions): unknown {
  const format = compiled(text, options);
  const entrance = { frontend: 'all', number: 1, defaultBackend: undefined, clientTimeout: 0 };
  return 'render' in format ? format.render(evaluationOf(asked, { entrance })) : format;
}

/** Each was also run through HAProxy 2.6.12 as `http-request return lf-string`, with the same result. */
const cases: readonly (readonly [format: string, text: string])[] = [
  ['plain', 'plain'],
  ['100%%', '100%'],
  ['<%[path]>', '</a/b>'],
  ['%[path,field(2,/)]-%[req.hdr(host)]', 'a-x.test'],
  ['%[req.hdr(none)]', ''],
  ['%{+Q}[req.hdr(none)]', ''],
  ['%{+Q}[path]', '/a/b'],
  ['%{+Q,+E}[req.hdr(x)]', 'say \\"hi\\"'],
  ['%[req.hdr(y)]', 'a\tb'],
  ['%[req.hdr(z)]', 'a%0Db'],
  ['%{+Q}o %[path] %HU %{-Q}HU', ' /a/b "/a/b?c=d" /a/b?c=d'],
  ['%ci:%cp', '192.0.2.7:4711'],
  ['%{+X}ci:%{+X}cp', 'C0000207:1267'],
  ['%f %HM %HPO %HQ %HU %HV', 'all POST /a/b ?c=d /a/b?c=d HTTP/1.1'],
  ['%r', 'POST /a/b?c=d HTTP/1.1'],
  ['é', 'Ã©'],
];

for (const [format, text] of cases) test(`${format} is ${text}`, () => assert.equal(rendered(format), text));

test('in logs a missing value is a dash, and control characters are escaped', () => {
  const log = { dash: true, http: false };
  assert.equal(rendered('%[req.hdr(none)] %[req.hdr(y)] %{+Q}[req.hdr(none)]', log), '- a#09b ""');
});

test('a format reports what it reads, and whether it is constant', () => {
  const reads = (text: string): unknown => {
    const format = compiled(text);
    return 'render' in format ? [format.constant, ...format.reads] : format;
  };
  assert.deepEqual(reads('max-age=60'), ['max-age=60']);
  assert.deepEqual(reads('%ci %[path] %T'), [undefined, 'connection', 'target', 'clock']);
});

const wrong: readonly (readonly [format: string, ...problems: readonly string[]])[] = [
  ['a %[pth]', "4: unknown sample fetch 'pth'; did you mean 'path'?".replace('4', '5')],
  ['%[path', "7: missing ']' after the sample expression"],
  ['%[path,lowr]', "8: unknown converter 'lowr'; did you mean 'lower'?"],
  ['%20b', "1: unknown format alias '%'; write %% for a percent sign"],
  ['x %zz', "3: unknown format alias '%zz'; write %% for a percent sign"],
  ['%{+Z}ci', "2: '{+Z}' has flags other than +Q, -Q, +X, -X, +E and -E"],
  ['%lc', "1: not supported: format alias '%lc'; use the metrics of the process"],
  [
    '%[status] %[nope]',
    "3: 'status' needs a response, which does not exist yet when a request is decided",
    "13: unknown sample fetch 'nope'",
  ],
];

for (const [format, ...problems] of wrong)
  test(`${format}: ${problems.join(', ')}`, () =>
    assert.deepEqual(
      compiled(format),
      problems.map((problem) => `test.cfg:1:${problem}`),
    ));
