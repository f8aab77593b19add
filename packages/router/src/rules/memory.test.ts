import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frontend } from '../model/snapshot.ts';
import { backendConfig, bench } from '../backend/testing.ts';
import { chosenBackend } from './chosen-backend.ts';
import { decisionsOf } from './memory.ts';
import { evaluationOf, frontendOf } from './testing.ts';
import type { Wanted } from './testing.ts';

const hosts = Array.from({ length: 8 }, (_, number) => `use_backend b${number} if { hdr(host) h${number} }`);

/** Decides requests, and says how often the rules were asked for it. */
function deciding(lines: readonly string[], change: (frontend: Frontend) => Frontend = (same) => same) {
  const { frontend, problems } = frontendOf(lines.join('\n'));
  assert.deepEqual(problems, []);
  let asked = 0;
  const [first, ...rest] = frontend.useBackends;
  assert.ok(first);
  const counted = { ...first, when: undefined, backend: 'first' };
  const useBackends = [{ ...counted, when: () => ((asked += 1), false) }, first, ...rest];
  const decide = decisionsOf(change({ ...frontend, useBackends }), new Map());
  return (request: Wanted): string => {
    const before = asked;
    const decision = decide(evaluationOf(request));
    const decided = decision.kind === 'backend' ? decision.name : decision.kind;
    return `${decided} ${asked > before ? 'asked' : 'remembered'}`;
  };
}

const to = (...values: readonly string[]): Wanted => ({ headers: values.map((value) => ['Host', value] as const) });

test('a decision is remembered by the values that the rules read, whatever else differs', () => {
  const decide = deciding(hosts);
  assert.equal(decide(to('h3')), 'b3 asked');
  assert.equal(decide({ ...to('h3'), method: 'POST', target: '/other' }), 'b3 remembered');
  assert.equal(decide(to('h4')), 'b4 asked');
  assert.equal(decide(to('H4')), 'none asked');
  assert.equal(decide({}), 'none asked');
  assert.equal(decide(to('')), 'none asked');
  assert.equal(decide({}), 'none remembered');
  assert.equal(decide(to('-')), 'none asked');
});

test('values side by side are not mistaken for each other', () => {
  const decide = deciding([...hosts, 'use_backend x if { hdr(x-a) 1 }']);
  assert.equal(
    decide({
      headers: [
        ['Host', '1'],
        ['X-A', '11:1'],
      ],
    }),
    'none asked',
  );
  assert.equal(
    decide({
      headers: [
        ['Host', '11:1'],
        ['X-A', '1'],
      ],
    }),
    'x asked',
  );
  assert.equal(decide({ headers: [['X-A', '1']] }), 'x asked');
  assert.equal(decide({ headers: [['Host', '1']] }), 'none asked');
  assert.equal(decide({ headers: [['X-A', '1']] }), 'x remembered');
});

test('what is long or came twice is decided anew', () => {
  const decide = deciding(hosts);
  const long = 'h'.repeat(257);
  for (const request of [to(long), to('h1', 'h2')]) {
    const first = decide(request);
    assert.match(first, / asked$/);
    assert.equal(decide(request), first);
  }
});

test('nothing is remembered where rules read what differs each time, or what is not pure, or where they are few', () => {
  for (const rule of [
    'path /x',
    'src 10.0.0.1',
    'rand(2) 1',
    'date gt 1',
    'var(txn.a) -m found',
    'req.hdrs -m found',
  ]) {
    const decide = deciding([...hosts, `use_backend x if { ${rule} } FALSE`]);
    assert.deepEqual([decide(to('h3')), decide(to('h3'))], ['b3 asked', 'b3 asked'], rule);
  }
  const few = deciding(hosts.slice(0, 6));
  assert.deepEqual([few(to('h3')), few(to('h3'))], ['b3 asked', 'b3 asked']);
  const many = deciding([...hosts, 'use_backend x if { hdr(a) 1 } { hdr(b) 1 } { hdr(c) 1 }']);
  assert.deepEqual([many(to('h3')), many(to('h3'))], ['b3 asked', 'b3 asked']);
});

test('a rule that acts and goes on acts for every request', () => {
  let acted = 0;
  const decide = deciding([...hosts, 'http-request allow'], (frontend) => ({
    ...frontend,
    requestRules: frontend.requestRules.map((rule) => ({
      ...rule,
      act: () => ((acted += 1), { kind: 'continue' as const }),
    })),
  }));
  decide(to('h3'));
  assert.equal(decide(to('h3')), 'b3 asked');
  assert.equal(acted, 2);
});

test('the memory is bounded, and what is asked for again and again stays', () => {
  const decide = deciding(hosts);
  decide(to('h3'));
  for (let number = 0; number < 10_000; number += 1) {
    decide(to(`x${number}`));
    if (number % 500 === 0) assert.equal(decide(to('h3')), 'b3 remembered');
  }
  assert.equal(decide(to('x9999')), 'none remembered');
  assert.equal(decide(to('x1')), 'none asked');
});

test('the last rule is known of a remembered decision too', () => {
  const { frontend } = frontendOf(`http-request deny if { hdr(host) bad }\n${hosts.join('\n')}`);
  const decide = decisionsOf(frontend, new Map());
  for (const round of ['read', 'remembered']) {
    const [denied, sent] = [evaluationOf(to('bad')), evaluationOf(to('h3'))];
    assert.equal(decide(denied).kind, 'respond', round);
    assert.equal(denied.lastRule?.line, frontend.requestRules[0]?.at.line, round);
    decide(sent);
    assert.equal(sent.lastRule, undefined, round);
  }
});

test('a remembered decision brings its backend, and a name that a rule computed falls back to the default', () => {
  const { frontend } = frontendOf(`${hosts.join('\n')}\nuse_backend %[req.hdr(host),lower]\ndefault_backend b0`);
  const backends = new Map([['b0', bench(backendConfig([])).backend]]);
  const decide = decisionsOf(frontend, backends);
  for (const round of ['read', 'remembered']) {
    const decision = decide(evaluationOf(to('Unknown')));
    assert.ok(decision.kind === 'backend');
    assert.equal(chosenBackend(decision, { backends, config: frontend }), backends.get('b0'), round);
    assert.equal(decision.backend, round === 'read' ? undefined : backends.get('b0'));
  }
});
