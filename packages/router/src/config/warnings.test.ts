import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems, formatProblem } from '@headgate/shared/config/problem';
import { compile } from './compile.ts';
import { readText } from './read.ts';
import { endsRequestRules } from './unreachable.ts';

function warnings(text: string, file = 'x.cfg'): string[] {
  const problems = new Problems();
  const raw = readText(text, file, {}, problems);
  const { snapshot, problems: all } = compile(raw, { readFile: () => undefined }, problems);
  assert.ok(snapshot, all.map(formatProblem).join('\n'));
  return all.map(formatProblem).map((line) => line.replace(/^x\.\w+:/, '').replace('warning: ', ''));
}

const DEFAULTS = `defaults
 mode http
 timeout client 1s
 timeout connect 1s
 timeout server 1s
`;

/** Line 6 is the first of these lines. */
const cfg = (...lines: readonly string[]): string[] => warnings(`${DEFAULTS}${lines.join('\n')}\n`);

test('a small duration without a unit is doubtful in YAML, and shows both readings', () => {
  const yaml = (lines: string): string[] =>
    warnings(
      `frontends:\n  f: { bind: ":80", timeout: { client: ${lines} } }\nbackends:\n  b:\n    timeout: { connect: 1s, server: 1s }\n    servers: { a: "10.0.0.1:80 check inter 20" }\n`,
      'x.yaml',
    );
  const small = (count: number): string =>
    `'${count}' is ${count} milliseconds: write ${count}ms, or ${count}s for seconds`;
  assert.deepEqual(yaml('60'), [`2:40: ${small(60)}`, `6:44: ${small(20)}`]);
  for (const clear of ['60ms', '60s', '1000', '0']) assert.equal(yaml(clear).length, 1, clear);
  assert.deepEqual(cfg('frontend f', ' bind :80', ' timeout client 60', ' http-request deny'), []);
});

test('in YAML a retry goes to another server unless the file says otherwise', () => {
  const redispatch = (text: string, file: string): number | undefined => {
    const problems = new Problems();
    return compile(readText(text, file, {}, problems), { readFile: () => undefined }, problems).snapshot?.backends.get(
      'b',
    )?.redispatch;
  };
  const yaml = (option: string): number | undefined =>
    redispatch(
      `frontends: { f: { bind: ":80" } }\n${option}backends: { b: { servers: { a: "10.0.0.1:80" } } }\n`,
      'x.yaml',
    );
  assert.equal(yaml(''), -1);
  assert.equal(yaml('defaults: { option: { redispatch: false } }\n'), 0);
  assert.equal(yaml('defaults: { option: { redispatch: 2 } }\n'), 2);
  assert.equal(redispatch('frontend f\n bind :80\nbackend b\n server a 10.0.0.1:80\n', 'x.cfg'), 0);
});

test('a proxy without servers that has nothing to say is warned of', () => {
  const front = ['frontend f', ' bind :80', ' default_backend b'];
  assert.deepEqual(cfg(...front, 'backend b'), [
    "9:9: backend 'b' has no server: every request that reaches it is answered with 503",
  ]);
  assert.deepEqual(cfg('listen l', ' bind :80'), [
    "6:8: listen 'l' has no server: every request that reaches it is answered with 503",
  ]);
  assert.deepEqual(cfg(...front, 'backend b', ' redirect scheme https'), []);
  assert.deepEqual(cfg(...front, 'backend b', ' errorloc 503 /sorry'), []);
  assert.deepEqual(cfg('listen l', ' bind :80', ' default_backend b', 'backend b', ' server a 10.0.0.1:81'), []);
});

test('rules that no request reaches are warned of', () => {
  const rules = (...lines: readonly string[]): string[] =>
    cfg(
      'frontend f',
      ' bind :80',
      ...lines,
      'backend b',
      ' server a 10.0.0.1:80',
      'backend c',
      ' server a 10.0.0.1:80',
    );
  const always = (line: number, end: number): string =>
    `${line}:2: this rule is never reached: the one on line ${end} always applies`;
  const same = (line: number, before: number): string =>
    `${line}:2: this rule is never reached: the one on line ${before} has the same condition`;
  assert.deepEqual(rules(' http-request deny', ' http-request allow if { path /a }', ' use_backend b'), [
    always(9, 8),
    always(10, 8),
  ]);
  assert.deepEqual(rules(' http-request allow', ' redirect prefix /x', ' use_backend b'), [always(10, 9)]);
  assert.deepEqual(rules(' use_backend b if TRUE', ' use_backend c if { path /a }'), [always(9, 8)]);
  assert.deepEqual(rules(' use_backend b unless !TRUE', ' use_backend c'), [always(9, 8)]);
  assert.deepEqual(rules(' use_backend b if { path /a } or TRUE', ' use_backend c'), [always(9, 8)]);
  assert.deepEqual(rules(' tcp-request connection accept', ' tcp-request connection reject if { src 10.0.0.1 }'), [
    always(9, 8),
  ]);
  assert.deepEqual(rules(' acl a path /a', ' use_backend b if a', ' acl a path /b', ' use_backend c if a'), [
    same(11, 9),
  ]);
  const fine = [
    [' use_backend b if FALSE', ' use_backend c'],
    [' acl TRUE path /a', ' use_backend b if TRUE', ' use_backend c'],
    [' tcp-request connection expect-proxy layer4', ' tcp-request connection reject if { src 10.0.0.1 }'],
    [' use_backend b if { path /a }', ' use_backend c unless { path /a }'],
    [' use_backend b if { rand(2) eq 0 }', ' use_backend c if { rand(2) eq 0 }'],
    [' http-request allow', ' use_backend b'],
    [' tcp-request connection accept', ' http-request deny if { path /a }'],
  ];
  for (const lines of fine) assert.deepEqual(rules(...lines), [], lines.join());
});

test('rules that only change something end no list', () => {
  const ends = (text: string): boolean => endsRequestRules({ text: `http-request ${text}` });
  assert.deepEqual(
    ['deny', 'allow if a', 'return status 200', 'redirect scheme https', 'reject'].filter(ends).length,
    5,
  );
  assert.deepEqual(['set-header deny x', 'set-var(txn.a) str(deny)', 'deny-all'].filter(ends), []);
});

test('a server that leads back to the frontend it is reached from is a circle, and a longer way is not', () => {
  const circle = (line: number, column: number, name: string, to: string): string =>
    `${line}:${column}: server '${name}' is an address that '${to}' listens on: requests would go round in circles`;
  const to = (bind: string, server: string): string[] =>
    cfg('listen l', ` bind ${bind}`, ` server a ${server}`).map((line) => line.replace(/^8:\d+/, '8:9'));
  for (const [bind, server] of [
    [':8080', '127.0.0.1:8080'],
    ['*:8080', 'localhost:8080'],
    ['[::]:8080', '[::1]:8080'],
    ['192.0.2.1:8080', '192.0.2.1:8080'],
    ['127.0.0.1:8080', 'localhost:8080'],
    ['/run/l.sock', '/run/l.sock'],
  ] as const)
    assert.deepEqual(to(bind, server), [circle(8, 9, 'a', 'l')], `${bind} ${server}`);
  for (const [bind, server] of [
    [':8080', '192.0.2.1:8080'],
    ['127.0.0.1:8080', '127.0.0.2:8080'],
    [':8080', '127.0.0.1:8081'],
  ] as const)
    assert.deepEqual(to(bind, server), [], `${bind} ${server}`);
  const inner = ['listen inner', ' bind 127.0.0.1:8081', ' server a 10.0.0.1:80'];
  assert.deepEqual(cfg('listen outer', ' bind :80', ' server a 127.0.0.1:8081', ...inner), []);
  const back = ['listen inner', ' bind 127.0.0.1:8081', ' server b 127.0.0.1:80'];
  assert.deepEqual(cfg('listen outer', ' bind :80', ' server a 127.0.0.1:8081', ...back), [
    circle(8, 9, 'a', 'inner'),
    circle(11, 9, 'b', 'outer'),
  ]);
});
