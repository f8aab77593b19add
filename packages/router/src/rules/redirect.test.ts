import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideFrontend } from './evaluate.ts';
import { frontendOf, evaluationOf } from './testing.ts';
import type { Wanted } from './testing.ts';

const noCache = 'cache-control: no-cache';

function redirected(rule: string, request: Wanted): string | undefined {
  const { frontend, problems } = frontendOf(rule);
  assert.deepEqual(problems, []);
  const decision = decideFrontend(frontend, evaluationOf(request));
  if (decision.kind !== 'respond') return undefined;
  assert.equal(decision.state, 'L');
  assert.equal(decision.answer.body, '');
  const { status, reason, headers } = decision.answer;
  return [`${status} ${reason}`, ...headers.map((header) => header.join(': '))].join(' | ');
}

/** Measured on HAProxy 2.6.12 with Host: d:81. */
const cases: readonly (readonly [rule: string, target: string, answer: string])[] = [
  ['prefix https://h', '/a/b?c=d', `302 Found | location: https://h/a/b?c=d | ${noCache}`],
  ['prefix https://h', 'http://d:81/a?q', `302 Found | location: https://h/a?q | ${noCache}`],
  ['prefix https://h', 'http://d:81', `302 Found | location: https://h/ | ${noCache}`],
  ['prefix https://h', '*', `302 Found | location: https://h/ | ${noCache}`],
  ['prefix https://h', '//e.x/p', `302 Found | location: https://h//e.x/p | ${noCache}`],
  ['prefix https://h/', '/a', `302 Found | location: https://h//a | ${noCache}`],
  ['prefix /', '/a/b?c=d', `302 Found | location: /a/b?c=d | ${noCache}`],
  ['prefix / drop-query append-slash', '/a/b?c=d', `302 Found | location: /a/b/ | ${noCache}`],
  ['prefix / drop-query append-slash', '*', `302 Found | location: / | ${noCache}`],
  ['prefix https://h drop-query', '/a/b?c=d', `302 Found | location: https://h/a/b | ${noCache}`],
  ['prefix https://h append-slash', '/a/b?q=1', `302 Found | location: https://h/a/b?q=1/ | ${noCache}`],
  ['prefix https://h append-slash', '/a/', `302 Found | location: https://h/a/ | ${noCache}`],
  ['prefix https://h code 301', '/a', '301 Moved Permanently | location: https://h/a'],
  ['code 303 prefix https://h', '/a', `303 See Other | location: https://h/a | ${noCache}`],
  ['prefix https://h code 307', '/a', `307 Temporary Redirect | location: https://h/a | ${noCache}`],
  ['prefix https://h code 308', '/a', '308 Permanent Redirect | location: https://h/a'],
  ['location /x?y', '/a', `302 Found | location: /x?y | ${noCache}`],
  ['location /x?y drop-query append-slash', '/a', `302 Found | location: /x?y | ${noCache}`],
  ['location /%[path] ignore-empty', '/a', `302 Found | location: /%[path] | ${noCache}`],
  ['scheme https', '/a/b?c=d', `302 Found | location: https://d:81/a/b?c=d | ${noCache}`],
  ['scheme https append-slash drop-query', '/a/b?c=d', `302 Found | location: https://d:81/a/b/ | ${noCache}`],
  [
    'prefix https://h set-cookie SEEN=1',
    '/a',
    `302 Found | location: https://h/a | ${noCache} | set-cookie: SEEN=1; path=/;`,
  ],
  [
    'prefix https://h set-cookie SEEN',
    '/a',
    `302 Found | location: https://h/a | ${noCache} | set-cookie: SEEN; path=/;`,
  ],
  [
    'prefix https://h clear-cookie SEEN=',
    '/a',
    `302 Found | location: https://h/a | ${noCache} | set-cookie: SEEN=; path=/; Max-Age=0;`,
  ],
];

for (const [rule, target, answer] of cases) {
  test(`redirect ${rule} answers ${target} with ${answer}`, () => {
    const request: Wanted = { target, headers: [['Host', 'd:81']] };
    assert.equal(redirected(`redirect ${rule}`, request), answer);
    if (!rule.includes('%')) assert.equal(redirected(`http-request redirect ${rule}`, request), answer);
  });
}

/** Where we differ on purpose, or where HAProxy cannot get to. */
const own: readonly (readonly [says: string, rule: string, request: Wanted, location: string])[] = [
  ['a scheme without a Host', 'scheme https', { target: '/a' }, 'https:///a'],
  [
    'bytes of a target that could end the line',
    'prefix https://h',
    { target: '/a\r\nx: y\u00e9' },
    'https://h/a%0D%0Ax:%20y%E9',
  ],
  [
    'bytes of a Host that could end the line',
    'scheme https',
    { target: '/a', headers: [['Host', 'd\r\nx: y']] },
    'https://d%0D%0Ax:%20y/a',
  ],
  [
    'two slashes after an empty prefix, which would name another host',
    'prefix /',
    { target: '//evil.example/a' },
    '/evil.example/a',
  ],
  ['a backslash that browsers take for a slash', 'prefix /', { target: '/\\evil.example/a' }, '/evil.example/a'],
];

for (const [says, rule, request, location] of own) {
  test(`a redirect and ${says}`, () => {
    assert.equal(redirected(`redirect ${rule}`, request), `302 Found | location: ${location} | ${noCache}`);
  });
}

test('a location that is an empty expression is skipped with ignore-empty', () => {
  const location = 'location %[hdr(x-none)] ignore-empty';
  assert.equal(redirected(`http-request redirect ${location}`, { target: '/a' }), undefined);
  assert.equal(
    redirected(`http-request redirect location /%[hdr(x-none)] ignore-empty`, { target: '/a' }),
    `302 Found | location: / | ${noCache}`,
  );
});

test('a redirect closes the connection rather than read a body', () => {
  const { frontend } = frontendOf('redirect prefix https://h');
  const closes = (headers: Wanted['headers'] = []): boolean => {
    const decision = decideFrontend(frontend, evaluationOf({ method: 'POST', headers }));
    return decision.kind === 'respond' && decision.answer.close;
  };
  assert.equal(closes(), false);
  assert.equal(closes([['Content-Length', '0']]), false);
  assert.equal(closes([['Content-Length', '5']]), true);
  assert.equal(closes([['Transfer-Encoding', 'chunked']]), true);
});

test('no redirect makes a header that holds a control character', () => {
  const { frontend } = frontendOf('redirect location "/a\\r\\nx: y" set-cookie "A=1\\r\\nx: y"');
  const decision = decideFrontend(frontend, evaluationOf());
  assert.ok(decision.kind === 'respond');
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  for (const [, value] of decision.answer.headers) assert.doesNotMatch(value, /[\u0000-\u001f\u007f]/);
});
