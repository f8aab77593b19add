import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frontend, UseBackend } from '../model/snapshot.ts';
import type { Evaluation } from '../model/evaluation.ts';
import { decideFrontend } from './evaluate.ts';
import { indexed } from './rule-index.ts';
import { evaluationOf, frontendOf } from './testing.ts';
import type { Wanted } from './testing.ts';

const thousand = Array.from({ length: 1000 }, (_, number) => number);

/** A frontend of these lines that counts the conditions it asks. */
function counting(lines: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const { frontend, problems } = frontendOf(lines.join('\n'), files);
  assert.deepEqual(problems, []);
  let asked = 0;
  const counted = (rule: UseBackend): UseBackend => {
    const { when } = rule;
    if (when === undefined) return rule;
    const count = (on: Evaluation): boolean => ((asked += 1), when(on));
    return { ...rule, when: Object.assign(count, when.outline === undefined ? {} : { outline: when.outline }) };
  };
  const watched: Frontend = { ...frontend, useBackends: indexed(frontend.useBackends.map(counted)) };
  return (request: Wanted): { readonly asked: number; readonly decided: string } => {
    asked = 0;
    const decision = decideFrontend(watched, evaluationOf(request));
    return { asked, decided: decision.kind === 'backend' ? decision.name : decision.kind };
  };
}

const to = (host: string, target = '/'): Wanted => ({ target, headers: [['Host', host]] });

const families: readonly (readonly [rule: string, request: Wanted, decided: string])[] = [
  ['{ hdr(host) -i app-N.example.com }', to('APP-77.example.com'), 'b77'],
  ['{ req.hdr(Host) app-N.example.com }', to('app-999.example.com'), 'b999'],
  ['{ hdr(host),lower,field(1,:) app-N.example.com }', to('App-0.example.com:8080'), 'b0'],
  ['{ hdr(host),host_only -i app-N.example.com }', to('app-5.example.com:80'), 'b5'],
  ['{ hdr(host) -m dom -i app-N }', to('www.app-500.example.com:80'), 'b500'],
  ['{ hdr_dom(host) -i app-N.test }', to('app-3.test.attacker.example'), 'b3'],
  ['{ hdr_beg(host) app-N. }', to('app-12.example.com'), 'b12'],
  ['{ hdr_end(host) -i .vN }', to('x.V31'), 'b31'],
  ['{ path /vN/index.html }', to('a', '/v8/index.html'), 'b8'],
  ['{ path_beg /vN/ }', to('a', '/v8/x'), 'b8'],
  ['{ path_beg -i /vN/ }', to('a', '/V64/x'), 'b64'],
  ['{ path_dir vN }', to('a', '/a/v999/b'), 'b999'],
  ['{ path_end .vN }', to('a', '/a.v4'), 'b4'],
  ['{ url_beg /vN? }', to('a', '/v4?x'), 'b4'],
  ['{ path_beg / } { hdr(host) app-N }', to('app-40', '/x'), 'b40'],
  ['{ method GET } { hdr(host) app-N } !{ path_beg /x }', to('app-41'), 'b41'],
  ['{ hdr(host) app-N } { date gt 1 } or { hdr(host) also-N }', to('also-3'), 'b3'],
  ['{ hdr(host) app-N also-N on-N }', to('on-1'), 'b1'],
];

for (const [rule, request, decided] of families) {
  test(`a thousand rules if ${rule} ask a handful of conditions for a request`, () => {
    const decide = counting(
      thousand.map((number) => `use_backend b${number} if ${rule.replaceAll('N', String(number))}`),
    );
    const found = decide(request);
    assert.equal(found.decided, decided);
    assert.ok(found.asked <= 2, `${found.asked} asked`);
    assert.deepEqual(decide(to('nobody', '/nothing')), { asked: 0, decided: 'none' });
  });
}

test('named acls, with several lines and lists from files, are looked up too', () => {
  const lines = thousand.flatMap((number) => [
    `acl app-${number} hdr(host) -i -f list-${number}`,
    `acl app-${number} path_beg /app-${number}/`,
    `use_backend b${number} unless !app-${number} or FALSE`,
  ]);
  const files = Object.fromEntries(
    thousand.map((number) => [
      `list-${number}`,
      Array.from({ length: 20 }, (_, n) => `h${n}.app-${number}.test`).join('\n'),
    ]),
  );
  const decide = counting(lines, files);
  assert.deepEqual(decide(to('H19.app-700.test')), { asked: 1, decided: 'b700' });
  assert.deepEqual(decide(to('a', '/app-701/')), { asked: 1, decided: 'b701' });
  assert.deepEqual(decide(to('a', '/app-7011/')), { asked: 0, decided: 'none' });
});

test('rules that a look-up cannot tell of are asked in their places among the others', () => {
  const always = ['{ hdr_sub(host) app }', '!{ hdr(host) a }', '{ path_reg ^/x }', '{ rand(2) 1 } { hdr(host) a }'];
  const lines = thousand.map((number) => `use_backend b${number} if { hdr(host) app-${number} }`);
  lines.splice(500, 0, ...always.map((condition, number) => `use_backend odd${number} if ${condition}`));
  const decide = counting(lines);
  assert.deepEqual(decide(to('app-499')), { asked: 1, decided: 'b499' });
  assert.deepEqual(decide(to('app-500')), { asked: 1, decided: 'odd0' });
  assert.deepEqual(decide(to('b')), { asked: 2, decided: 'odd1' });
  assert.deepEqual(decide(to('a', '/x')), { asked: 3, decided: 'odd2' });
});

test('long hosts, many labels and many items are looked up as well: asking each rule would cost more', () => {
  const decide = counting(thousand.map((number) => `use_backend b${number} if { hdr_dom(host) app-${number} }`));
  for (const host of [
    `${'x'.repeat(8000)}.app-3`,
    `${'a.'.repeat(900)}app-3`,
    `${'a.'.repeat(4000)}app-3`,
    `${'app-3.'.repeat(2000)}x`,
    `${'x,'.repeat(4000)}app-3`,
  ])
    assert.deepEqual(decide(to(host)), { asked: 1, decided: 'b3' }, host.slice(0, 10));
  assert.deepEqual(decide(to('a.'.repeat(4000))), { asked: 0, decided: 'none' });
});

test('a value that is not made of bytes is not looked up: every rule is asked', () => {
  const decide = counting(thousand.map((number) => `use_backend b${number} if { hdr_dom(host) -i app-${number} }`));
  assert.deepEqual(decide(to('App-3\u0130')), { asked: 1000, decided: 'none' });
  assert.deepEqual(decide(to('\u0130.app-3')), { asked: 4, decided: 'b3' });
});

test('thousands of rules that share a host are marked once for a request, however often it is found', () => {
  const decide = counting(
    thousand.map((number) => `use_backend b${number} if { hdr_dom(host) a } { path /${number} }`),
  );
  assert.deepEqual(decide(to('a.'.repeat(50), '/7')), { asked: 1, decided: 'b7' });
  const shared = counting(thousand.map((number) => `use_backend b${number} if { hdr_dom(host) a } !{ path / }`));
  assert.deepEqual(shared(to('a.'.repeat(4000))), { asked: 1000, decided: 'none' });
});

test('few rules have no index: asking them is as quick', () => {
  const rules = (count: number): readonly UseBackend[] =>
    frontendOf(
      thousand
        .slice(0, count)
        .map((number) => `use_backend b if { path /${number} }`)
        .join('\n'),
    ).frontend.useBackends;
  assert.equal('index' in rules(7), false);
  assert.equal('index' in rules(8), true);
});

test('a criterion behind one that is not pure is never a reason to leave a rule out', () => {
  const { frontend } = frontendOf(
    thousand
      .slice(0, 20)
      .map((number) => `use_backend b if { rand(2) 1 } { path /${number} }`)
      .join('\n'),
  );
  let drawn = 0;
  const on = evaluationOf({ target: '/' });
  const random = (): number => ((drawn += 1), 0.9);
  decideFrontend(frontend, { ...on, world: { ...on.world, random } });
  assert.equal(drawn, 20);
});

test('behind a rule that acts and goes on every rule is asked: it may have changed the request', () => {
  const { frontend } = frontendOf(
    thousand
      .slice(0, 20)
      .map((number) => `http-request return status ${400 + number} if { hdr(host) app-${number} }`)
      .join('\n'),
  );
  let host = 'app-3';
  const on = evaluationOf();
  const request = { ...on.request, header: () => [host] };
  const rename = { kind: 'continue' } as const;
  const rules = frontend.requestRules.map((rule, number) =>
    number === 3 ? { ...rule, act: () => ((host = 'app-9'), rename) } : rule,
  );
  const decision = decideFrontend({ ...frontend, requestRules: indexed(rules) }, { ...on, request });
  assert.equal(decision.kind === 'respond' && decision.answer.status, 409);
});
