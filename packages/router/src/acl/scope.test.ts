import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideFrontend } from '../rules/evaluate.ts';
import { frontendOf, evaluationOf } from '../rules/testing.ts';
import type { Wanted } from '../rules/testing.ts';

const acls = 'acl a hdr(x) a\nacl b hdr(x) b\nacl c hdr(x) c\nacl two path /1\nacl two path /2\n';

/** Whether a condition holds for a request whose header x has these items. */
function holds(condition: string, items: string, request: Wanted = {}): boolean {
  const { frontend, problems } = frontendOf(`${acls}use_backend yes ${condition}`);
  assert.deepEqual(problems, []);
  const headers: Wanted['headers'] = items === '' ? [] : [['X', items]];
  return decideFrontend(frontend, evaluationOf({ headers, ...request })).kind === 'backend';
}

const conditions: readonly (readonly [condition: string, items: string, holds: boolean])[] = [
  ['if a', 'a', true],
  ['if a', 'b', false],
  ['if a', '', false],
  ['unless a', 'a', false],
  ['unless a', '', true],
  ['if a b', 'a,b', true],
  ['if a b', 'a', false],
  ['if a b c', 'a,b,c', true],
  ['if a b c', 'a,b', false],
  ['if a or b', 'b', true],
  ['if a || b', 'b', true],
  ['if a OR b', 'b', true],
  ['if a Or b', 'c', false],
  ['if a or b', 'c', false],
  ['if a b or c', 'c', true],
  ['if a b or c', 'a', false],
  ['if c or a b', 'a,b', true],
  ['if a or b or c', 'c', true],
  ['unless a b', 'a', true],
  ['unless a or b', 'b', false],
  ['if !a', 'b', true],
  ['if ! a', 'a', false],
  ['if !!a', 'a', true],
  ['if a !b', 'a', true],
  ['if a !b', 'a,b', false],
  ['if !a or !b', 'a', true],
  ['if { hdr(x) a }', 'a', true],
  ['if !{ hdr(x) a }', 'a', false],
  ['if ! { hdr(x) a }', 'b', true],
  ['if !{ hdr(x-none) foo }', '', true],
  ['if { hdr(x) a } { hdr(x) b } or c', 'a,b', true],
  ['if TRUE', '', true],
  ['if FALSE', '', false],
];

for (const [condition, items, expected] of conditions) {
  test(`'${condition}' is ${expected} for x: ${items}`, () => assert.equal(holds(condition, items), expected));
}

const named: readonly (readonly [name: string, request: Wanted, holds: boolean])[] = [
  ['two', { target: '/1' }, true],
  ['two', { target: '/2' }, true],
  ['two', { target: '/3' }, false],
  ['HTTP', {}, true],
  ['HTTP_1.0', { version: '1.0' }, true],
  ['HTTP_1.1', { version: '1.0' }, false],
  ['HTTP_2.0', {}, false],
  ['HTTP_CONTENT', { headers: [['Content-Length', '1']] }, true],
  ['HTTP_CONTENT', { headers: [['Content-Length', '0']] }, false],
  ['HTTP_URL_ABS', { target: 'http://h/' }, true],
  ['HTTP_URL_SLASH', { target: '/a' }, true],
  ['HTTP_URL_STAR', { target: '*' }, true],
  ['LOCALHOST', { connection: { client: { address: '127.9.9.9', port: 1 } } }, true],
  ['LOCALHOST', { connection: { client: { address: '10.0.0.1', port: 1 } } }, false],
  ['METH_GET', { method: 'HEAD' }, true],
  ['METH_GET', { method: 'get' }, false],
  ['METH_POST', { method: 'POST' }, true],
];

for (const [name, request, expected] of named) {
  test(`acl ${name} is ${expected} for ${JSON.stringify(request)}`, () =>
    assert.equal(holds(`if ${name}`, '', request), expected));
}

test('a condition stops at the first term that decides it', () => {
  const { frontend } = frontendOf(
    'use_backend yes if { hdr(first) 1 } { hdr(second) 1 } or { hdr(third) 1 } or { hdr(fourth) 1 }',
  );
  const asked: string[] = [];
  const on = evaluationOf({ headers: [['third', '1']] });
  const { request } = on;
  const header = (name: string): readonly string[] => (asked.push(name), request.header(name));
  decideFrontend(frontend, { ...on, request: { ...request, header } });
  assert.deepEqual(asked, ['first', 'third']);
});

test('an acl line after a condition still adds an alternative to it', () => {
  const { frontend, problems } = frontendOf('acl a path /1\nuse_backend yes if a\nacl a path /2');
  assert.deepEqual(problems, []);
  assert.equal(decideFrontend(frontend, evaluationOf({ target: '/2' })).kind, 'backend');
});

test('an acl may override a predefined one', () => {
  const { frontend } = frontendOf('acl TRUE path /1\nuse_backend yes if TRUE');
  assert.equal(decideFrontend(frontend, evaluationOf({ target: '/2' })).kind, 'none');
});

test('a rule with a broken condition never applies', () => {
  const { frontend } = frontendOf('use_backend yes if nothing');
  assert.equal(decideFrontend(frontend, evaluationOf()).kind, 'none');
});

const wrong: readonly (readonly [lines: string, ...problems: readonly string[]])[] = [
  ['use_backend x if is_map', "1:18: no such acl 'is_map'"],
  ['acl is_maps path /\nuse_backend x if is_map', "2:18: no such acl 'is_map'; did you mean 'is_maps'?"],
  ['acl a path /\nuse_backend x if A', "2:18: no such acl 'A'; did you mean 'a'?"],
  ['use_backend x if a\nacl a path /', "1:18: no such acl 'a'"],
  [
    'use_backend x if {path /}',
    "1:18: no such acl '{path': braces must be separated by blanks, { like this }",
    "1:24: no such acl '/}': braces must be separated by blanks, { like this }",
  ],
  ['use_backend x if { path /', "1:18: missing '}' after '{'"],
  ['use_backend x if { }', '1:18: expected a sample fetch, for example hdr(host)'],
  ['use_backend x if { paht / }', "1:20: unknown sample fetch 'paht'; did you mean 'path'?"],
  ['use_backend x if', "1:15: nothing after 'if'"],
  ['use_backend x if !', "1:18: nothing after '!'"],
  ['use_backend x if or TRUE', "1:18: nothing before 'or'"],
  ['use_backend x if TRUE or', "1:23: nothing after 'or'"],
  ['use_backend x if TRUE unless FALSE', "1:23: only one 'if' or 'unless' in a condition"],
  ['use_backend x when TRUE', "1:15: expected 'if' or 'unless' instead of 'when'"],
  ['use_backend x if path /api', "1:18: no such acl 'path': a test without a name belongs in braces, { path /api }"],
  [
    'use_backend x if !hdr(host) -i a or TRUE',
    "1:18: no such acl 'hdr(host)': a test without a name belongs in braces, { hdr(host) -i a }",
  ],
  [
    'use_backend x if ssl_fc !lost',
    "1:18: no such acl 'ssl_fc': a test without a name belongs in braces, { ssl_fc }",
    "1:25: no such acl 'lost'",
  ],
  ['use_backend x if TRUE AND TRUE', "1:23: 'AND' is not needed: adjacent terms must all hold"],
  [
    'use_backend x if { status 200 }',
    "1:18: 'status 200' needs a response, which does not exist yet when a request is decided",
  ],
  [
    'tcp-request connection reject if { path / }',
    "1:34: 'path /' needs a request, which does not exist yet when a connection is accepted",
  ],
  ['acl oR path /', "1:5: 'oR' cannot be the name of an acl"],
  ['acl', '1:1: acl needs a name and a criterion'],
  ['acl or path /', "1:5: 'or' cannot be the name of an acl"],
  ['acl a/b path /', "1:5: 'a/b' cannot be the name of an acl"],
  ['acl a', '1:5: expected a sample fetch, for example hdr(host)'],
  ['acl a hrd(x) a\nuse_backend x if a', "1:7: unknown sample fetch 'hrd'; did you mean 'hdr'?"],
];

for (const [lines, ...problems] of wrong) {
  test(`${lines.replaceAll('\n', ' / ')}: ${problems.join(', ')}`, () => {
    assert.deepEqual(
      frontendOf(lines).problems,
      problems.map((problem) => `test.cfg:${problem}`),
    );
  });
}
