import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerFacts, editedAnswer } from '../http/answer-facts.ts';
import { parseRequestHead } from '../http/request-head.ts';
import { WireRequest } from '../http/request-facts.ts';
import { decideAfterResponse, decideFrontend, decideResponse } from './evaluate.ts';
import { connectionOf, evaluationOf, frontendOf } from './testing.ts';
import type { Wanted } from './testing.ts';

const asked: Wanted = {
  method: 'POST',
  target: '/old/a?x=1',
  headers: [
    ['Host', 'www.test'],
    ['X-A', 'one, two'],
    ['X-A', 'three'],
    ['Cookie', 'id=7; lang=de'],
  ],
};

/** What rules make of the request: what they changed, or how it ended. */
function changes(lines: string, wanted: Wanted = asked): readonly string[] | string {
  const { frontend, problems } = frontendOf(lines);
  assert.deepEqual(problems, []);
  const on = evaluationOf(wanted);
  const decision = decideFrontend(frontend, on);
  if (decision.kind === 'respond') return `${decision.answer.status} ${decision.state}`;
  return on.request.edit?.().describe() ?? [];
}

const edits: readonly (readonly [rules: string, changed: readonly string[] | string])[] = [
  ['add-header X-A four', ['+ X-A: four']],
  ['set-header X-A four', ['- x-a: one, two', '- x-a: three', '+ X-A: four']],
  ['set-header X-Client %[src]:%cp', ['+ X-Client: 127.0.0.1:40000']],
  ['set-header X-Host %[req.hdr(host),upper]', ['+ X-Host: WWW.TEST']],
  ['set-header X-Empty %[str()]', ['+ X-Empty: ']],
  ['set-header X-None %[req.hdr(x-none)]', ['+ X-None: ']],
  ['set-header X-A "a  b" if METH_POST', ['- x-a: one, two', '- x-a: three', '+ X-A: a  b']],
  ['set-header X-A b if METH_GET', []],
  ['set-header X-A "%[str(a\\r\\nb: c)]"', ['- x-a: one, two', '- x-a: three', '+ X-A: a%0D%0Ab: c']],
  ['set-header Host other.test:8080', ['- host: www.test', '+ Host: other.test:8080']],
  ['set-header Host "%[str(a b)]"', '500 I'],
  ['del-header X-A', ['- x-a: one, two', '- x-a: three']],
  ['del-header x- -m beg', ['- x-a: one, two', '- x-a: three']],
  ['del-header OKIE -m end', ['- cookie: id=7; lang=de']],
  ['del-header o -m sub', ['- cookie: id=7; lang=de']],
  ['del-header ^(x-a|host)$ -m reg', ['- x-a: one, two', '- x-a: three']],
  ['replace-header Cookie id=(\\d+).* n=\\1', ['= cookie: n=7']],
  ['replace-header X-A t %[method]', ['= x-a: POST', '= x-a: POST']],
  ['replace-header X-A none x', []],
  ['replace-value X-A t(.*) T\\1!', ['= x-a: one,Two!', '= x-a: Three!']],
  ['replace-header X-A one \\x0d\\x0a', '500 I'],
  ['set-path /new', ['target /new?x=1']],
  ['set-path /p%[path]', ['target /p/old/a?x=1']],
  // What strips a prefix from the prefix itself leaves nothing.
  ['set-path %[path,regsub(^/old/a,)]', ['target /?x=1']],
  ['set-uri %[path,regsub(^/old/a,)]', ['target /']],
  ['replace-path ^/old/a(.*)$ \\1', ['target /?x=1']],
  ['set-path %[str(no)]', '500 I'],
  ['set-path "%[str(/a b)]"', '500 I'],
  ['set-pathq /new', ['target /new']],
  ['set-pathq /new?y=2', ['target /new?y=2']],
  ['set-query y=2', ['target /old/a?y=2']],
  ['set-query %[query]&y=2', ['target /old/a?x=1&y=2']],
  ['set-query %[str()]', ['target /old/a?']],
  ['set-uri /u', ['target /u']],
  ['replace-path /old(/.*) /new\\1', ['target /new/a?x=1']],
  ['replace-path old /x', ['target /x?x=1']],
  ['replace-path x=1 /x', []],
  ['replace-pathq (.*)x=(.*) \\1y=\\2', ['target /old/a?y=1']],
  ['replace-uri ^/old /n', ['target /n']],
  ['set-method PUT', ['method PUT']],
  ['set-method %[str(put)]', '500 I'],
  ['set-method %[str(HEAD)]', '500 I'],
  ['set-var(txn.a) path\nhttp-request set-header X %[var(txn.a)]', ['+ X: /old/a']],
  ['set-var-fmt(txn.a) <%[path]>\nhttp-request set-header X %[var(txn.a)]', ['+ X: </old/a>']],
  ['set-var(txn.a) path\nhttp-request unset-var(txn.a)\nhttp-request set-header X %[var(txn.a)]', ['+ X: ']],
  [
    'set-var(txn.a) int(1)\nhttp-request set-var(txn.a,ifnotexists) int(2)\nhttp-request set-header X %[var(txn.a)]',
    ['+ X: 1'],
  ],
  [
    'set-var(txn.a) int(1)\nhttp-request set-var(txn.a,iflt) int(2)\nhttp-request set-header X %[var(txn.a)]',
    ['+ X: 2'],
  ],
  ['set-header X b\nhttp-request set-header Y c if { hdr(X) b }', ['+ X: b', '+ Y: c']],
  ['set-path /new\nhttp-request set-header Y %[path] if { path /new }', ['target /new?x=1', '+ Y: /new']],
  ['set-path /new\nhttp-request set-header Y %HP', ['target /new?x=1', '+ Y: /old/a']],
  ['strict-mode off\nhttp-request set-path %[str(no)]\nhttp-request set-header Y c', ['+ Y: c']],
];

for (const [rules, changed] of edits) {
  test(`http-request ${rules} gives ${JSON.stringify(changed)}`, () =>
    assert.deepEqual(changes(`http-request ${rules}`), changed));
}

test('an absolute target keeps its path and query, and loses its origin when a rule changes it', () => {
  const wanted = { target: 'http://www.test/old?x=1', headers: [['Host', 'www.test']] } as const;
  assert.deepEqual(changes('http-request set-path /new', wanted), ['target /new?x=1']);
  assert.deepEqual(changes('http-request set-query y=1', wanted), ['target /old?y=1']);
  assert.deepEqual(changes('http-request replace-path /old /new', wanted), ['target /new?x=1']);
});

test('the target of CONNECT is an authority: no rule makes a path of it', () => {
  const wanted = { method: 'CONNECT', target: 'a.test:443', headers: [['Host', 'a.test:443']] } as const;
  assert.equal(changes('http-request set-path /new', wanted), '500 I');
  assert.equal(changes('http-request set-method GET', wanted), '500 I');
});

test('fields that frame a message stay, whatever a rule removes', () => {
  const wanted = {
    headers: [
      ['Host', 'a'],
      ['Content-Length', '3'],
      ['Cookie', 'c'],
    ],
  } as const;
  assert.deepEqual(changes('http-request del-header . -m reg', wanted), ['- cookie: c']);
});

test('a head does not outgrow its buffer: the rule that would make it is answered 500', () => {
  const head = parseRequestHead(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(300)}\r\n\r\n`, {
    maxHeadBytes: 1000,
    maxHeaders: 100,
  });
  assert.ok(!('refused' in head));
  const decide = (lines: string): string => {
    const request = new WireRequest(connectionOf(), head, 1000);
    const decision = decideFrontend(frontendOf(lines).frontend, { ...evaluationOf(), request });
    return decision.kind === 'respond' ? String(decision.answer.status) : decision.kind;
  };
  const double = 'http-request add-header X %[req.hdr(x)]\n';
  assert.equal(decide(double.repeat(2)), 'none');
  assert.equal(decide(double.repeat(3)), '500');
  assert.equal(decide(`${double.repeat(2)}http-request del-header X\n${double}`), 'none');
});

test('the name of a backend may be made of the request', () => {
  const { frontend, problems } = frontendOf(
    'use_backend b_%[path,field(2,/)] if { path_beg /old/ }\ndefault_backend d',
  );
  assert.deepEqual(problems, []);
  const decided = (target: string): unknown => decideFrontend(frontend, evaluationOf({ target }));
  assert.deepEqual(decided('/old/a'), { kind: 'backend', name: 'b_old' });
  assert.deepEqual(decided('/'), { kind: 'backend', name: 'd' });
});

test('a redirect of http-request and the header of an answer are formats, redirect is not', () => {
  const answered = (lines: string): unknown => {
    const { frontend, problems } = frontendOf(lines);
    assert.deepEqual(problems, []);
    const decision = decideFrontend(frontend, evaluationOf(asked));
    return decision.kind === 'respond'
      ? [decision.answer.headers[0]?.[1], decision.answer.body.toString()]
      : decision.kind;
  };
  assert.deepEqual(answered('http-request redirect location https://%[hdr(host)]%[path]'), [
    'https://www.test/old/a',
    '',
  ]);
  assert.deepEqual(answered('http-request redirect prefix https://x.%[hdr(host)]'), [
    'https://x.www.test/old/a?x=1',
    '',
  ]);
  assert.deepEqual(answered('redirect location /%[path]'), ['/%[path]', '']);
  assert.deepEqual(answered('http-request return hdr X-A %[path] content-type a/b lf-string <%[method]>'), [
    '/old/a',
    '<POST>',
  ]);
});

const answers: readonly (readonly [rules: string, line: string, headers: readonly string[]])[] = [
  ['del-header X-Powered-By', '200 OK', ['server: s']],
  ['set-header Server hidden', '200 OK', ['x-powered-by: p', 'server: hidden']],
  ['add-header X-Path %[capture.req.uri]', '200 OK', ['x-powered-by: p', 'server: s', 'x-path: /old/a?x=1']],
  ['set-header X-S %[hdr(server)]', '200 OK', ['x-powered-by: p', 'server: s', 'x-s: s']],
  ['set-header X-N %[res.hdr_cnt]', '200 OK', ['x-powered-by: p', 'server: s', 'x-n: 2']],
  ['replace-header Server s(.*) t\\1', '200 OK', ['x-powered-by: p', 'server: t']],
  ['set-status 503', '503 Service Unavailable', ['x-powered-by: p', 'server: s']],
  ['set-status 503 reason "Slow Down"', '503 Slow Down', ['x-powered-by: p', 'server: s']],
  ['set-header X-S %[status] if { status 200 }', '200 OK', ['x-powered-by: p', 'server: s', 'x-s: 200']],
];

for (const family of ['http-response', 'http-after-response'] as const) {
  for (const [rules, line, headers] of answers) {
    test(`${family} ${rules} gives ${line} and ${headers.join(', ')}`, () => {
      const { frontend, problems } = frontendOf(`${family} ${rules}`);
      assert.deepEqual(problems, []);
      const answer = {
        status: 200,
        reason: 'OK',
        headers: [
          ['x-powered-by', 'p'],
          ['server', 's'],
        ] as const,
        body: 'x',
        close: false,
      };
      const response = answerFacts(answer, 1000);
      assert.ok(response !== undefined);
      const decide = family === 'http-response' ? decideResponse : decideAfterResponse;
      assert.equal(decide(frontend, undefined, evaluationOf(asked, { response })), undefined);
      const edited = editedAnswer(answer, response);
      assert.equal(`${edited.status} ${edited.reason}`, line);
      assert.deepEqual(
        edited.headers.map((header) => header.join(': ')),
        headers,
      );
    });
  }
}

test('an answer without a body does not become one that has, nor the other way round', () => {
  const { frontend } = frontendOf('http-response set-status 200');
  const response = answerFacts({ status: 304, reason: 'Not Modified', headers: [], body: '', close: false }, 1000);
  const decision = decideResponse(frontend, undefined, evaluationOf({}, { response }));
  assert.equal(decision?.kind === 'respond' && decision.answer.status, 500);
});

test('http-response denies with 502, or answers something else', () => {
  const decided = (lines: string): unknown => {
    const { frontend, problems } = frontendOf(lines);
    assert.deepEqual(problems, []);
    const response = answerFacts(
      { status: 200, reason: 'OK', headers: [['x-secret', '1']], body: '', close: false },
      1000,
    );
    const decision = decideResponse(frontend, undefined, evaluationOf({}, { response }));
    return decision?.kind === 'respond' ? `${decision.answer.status} ${decision.state}` : decision?.kind;
  };
  assert.equal(decided('http-response deny if { res.hdr(x-secret) -m found }'), '502 P');
  assert.equal(decided('http-response deny if { res.hdr(x-other) -m found }'), undefined);
  assert.equal(decided('http-response return status 404 content-type a/b string x'), '404 L');
  assert.equal(decided('http-response allow\nhttp-response deny'), undefined);
});

/** What HAProxy accepts, although it is not what was meant: what becomes of the request, and the warning. */
const doubtful: readonly (readonly [rules: string, changed: readonly string[], warning: string])[] = [
  [
    'http-request add-header Host b.test',
    ['- host: www.test', '+ Host: b.test'],
    '25: warning: a request has one Host: this replaces it; HAProxy sends two',
  ],
  [
    'http-request del-header Host',
    ['- host: www.test', '+ Host: '],
    '25: warning: a request has a Host: it is sent empty, unless a later rule gives it another value',
  ],
  [
    'http-request del-header Host\nhttp-request set-header Host b.test',
    ['- host: www.test', '+ Host: b.test'],
    '25: warning: a request has a Host: it is sent empty, unless a later rule gives it another value',
  ],
  [
    'http-request set-header X-Proto: https',
    ['+ X-Proto: https'],
    "25: warning: the header is 'X-Proto': a colon is not part of its name; HAProxy would send it twice",
  ],
  [
    'http-request set-header Upgrade websocket',
    [],
    "25: warning: giving 'Upgrade' a value has no effect: it passes with its handshake; 'http-request deny if { hdr(Upgrade) -m found }' refuses one",
  ],
  // As rules of older files with regular expressions are copied.
  [
    'http-request del-header ^Cookie:.*',
    [],
    "25: warning: no header is named '^Cookie:.*': this rule never finds one; did you mean 'Cookie'?",
  ],
  [
    'http-request replace-header ^Cookie:.* a b',
    [],
    "29: warning: no header is named '^Cookie:.*': this rule never finds one; did you mean 'Cookie'?",
  ],
  [
    'http-request set-header X-A b if { req.payload(0,3) -m found }',
    [],
    "34: warning: 'req.payload(0,3) -m found' never has a value here, in HAProxy neither: mode http reads requests, not bytes",
  ],
  [
    'http-request set-header X-A b if { req.hdr(a:b) -m found }',
    [],
    "44: warning: req.hdr 'a:b' is not a header name: no message has such a header",
  ],
];

for (const [lines, changed, warning] of doubtful) {
  test(`${lines} gives ${JSON.stringify(changed)}, and a warning`, () => {
    const { frontend, problems } = frontendOf(lines);
    assert.deepEqual(problems, [`test.cfg:1:${warning}`]);
    const on = evaluationOf(asked);
    decideFrontend(frontend, on);
    assert.deepEqual(on.request.edit?.().describe() ?? [], changed);
  });
}

const wrong: readonly (readonly [line: string, problem: string])[] = [
  ['http-request set-header', "14: 'set-header' needs <name> <format>"],
  ['http-request set-header X-A ""', "29: 'set-header' needs <name> <format>"],
  ['http-request set-header X-A', "14: 'set-header' needs <name> <format>"],
  ['http-request set-header X-A if TRUE', "29: 'set-header' needs <name> <format>"],
  ['http-request set-header X-A b c', "31: unexpected 'c' after 'set-header': quote a value that has blanks"],
  ['http-request set-header X:A b', "25: 'X:A' is not a header name"],
  ['http-request set-header X-A %[srcc]', "31: unknown sample fetch 'srcc'; did you mean 'src'?"],
  [
    'http-request set-header Content-Length 5',
    "25: 'Content-Length' cannot be changed: the router frames messages itself",
  ],
  [
    'http-request replace-value Transfer-Encoding a b',
    "28: 'Transfer-Encoding' cannot be changed: the router frames messages itself",
  ],
  ['http-request set-header Host "a b"', "30: 'a b' is not a host, with or without a port"],
  ['http-request del-header X -m begin', "30: '-m' needs one of str, beg, end, sub, reg"],
  [
    'http-request set-path new',
    "23: 'new' is not a path: it begins with / and has neither blanks, # nor characters beyond ASCII",
  ],
  [
    'http-request set-uri http://a/b',
    "22: not supported: a URI with a host, 'http://a/b'; write its path here and its host with 'set-header Host'",
  ],
  ['http-request set-method get', "25: 'get' is not a method in capitals"],
  [
    'http-request set-method HEAD',
    "25: not supported: 'set-method HEAD'; its answers have no body, and the client waits for one",
  ],
  ['http-request set-var path', "14: 'set-var' needs a variable in parentheses: set-var(txn.NAME)"],
  ['http-request set-var(a) path', "22: 'a' is not a variable: proc.NAME, sess.NAME, txn.NAME, req.NAME or res.NAME"],
  [
    'http-request set-var(txn.a,ifexist) path',
    "28: unknown condition 'ifexist' of a variable: one of ifexists, ifnotexists, ifset, ifnotset, ifempty, ifnotempty, ifgt, iflt; did you mean 'ifexists'?",
  ],
  ['http-request strict-mode maybe', "26: 'strict-mode' is 'on' or 'off', not 'maybe'"],
  [
    'http-response set-status 204',
    "26: not supported: 'set-status 204'; its answers have no body, and this one may have",
  ],
  ['http-response set-status 99', "26: '99' is not a status (200 to 599)"],
  ['http-response set-path /a', "15: unknown action 'set-path' of 'http-response'"],
];

for (const [line, problem] of wrong) {
  test(`${line}: ${problem}`, () => assert.deepEqual(frontendOf(line).problems, [`test.cfg:1:${problem}`]));
}
