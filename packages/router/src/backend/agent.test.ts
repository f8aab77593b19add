import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Backend } from '../model/snapshot.ts';
import { readAgentReply } from './agent.ts';
import { backendConfig, bench, checkConfig, failed, passed, serverConfig } from './testing.ts';
import { readWeight } from './weight.ts';

const agent = { inter: 1000, port: 9777, host: undefined, send: '' };
const asked = (parts: Partial<Backend['servers'][number]> = {}): Backend =>
  backendConfig([serverConfig('a', { agent, weight: 10, maxconn: 5, ...parts }), serverConfig('b', {})], {
    logHealthChecks: true,
  });

/** A backend whose first server has an agent that says these lines. */
function saying(lines: readonly string[], parts: Partial<Backend['servers'][number]> = {}) {
  const on = bench(asked(parts));
  for (const line of lines) {
    const said = readAgentReply(`${line}\n`);
    if (said !== undefined) on.backend.heard(on.server('a'), said, 1);
  }
  return on;
}

describe('the line of an agent', () => {
  const cases: Readonly<Record<string, readonly (string | undefined)[]>> = {
    up: ['up', undefined, undefined, undefined, undefined, ''],
    'DOWN # too busy ': ['DOWN', undefined, undefined, undefined, undefined, 'too busy '],
    'ready, 75%\tup': ['up', 'ready', '75%', undefined, undefined, ''],
    'fail up stopped maint drain': ['stopped', 'drain', undefined, undefined, undefined, ''],
    'MaxConn:30 x%  y': [undefined, undefined, undefined, '30', 'x%', ''],
    'down#x': [undefined, undefined, undefined, undefined, 'down#x', ''],
    '#': [undefined, undefined, undefined, undefined, undefined, ''],
    '5%x 7': [undefined, undefined, '5%x', undefined, '7', ''],
  };
  for (const [line, [health, state, weight, maxconn, unknown, text]] of Object.entries(cases))
    it(`is read as HAProxy reads it: ${JSON.stringify(line)}`, () => {
      const read = { health, state, weight, maxconn, unknown, text };
      assert.deepEqual(readAgentReply(`${line}\n`), read);
      assert.deepEqual(readAgentReply(`${line}\r\nup`), read);
    });
  it('is waited for until it ends', () => {
    for (const part of ['', 'up', 'up\0\n']) assert.equal(readAgentReply(part), undefined);
  });
  it('is read in time that grows with its length, however it is made', () => {
    const begun = performance.now();
    for (const hostile of [' ,'.repeat(8000), 'a '.repeat(8000), '#'.repeat(16_000), '9%'.repeat(8000)])
      readAgentReply(`${hostile}\n`);
    assert.ok(performance.now() - begun < 500);
  });
});

describe('a weight', () => {
  const cases: Readonly<Record<string, number | string>> = {
    '10': 10,
    '75%': 7,
    '0%': 0,
    '300%': 30,
    '9999999%': 256,
    '257': 'Absolute weight can only be between 0 and 256 inclusive.',
    '-1%': 'Relative weight must be positive.',
    '5x': 'Trailing garbage in weight string',
    '5%x': 'Trailing garbage in weight string',
    x: 'Empty weight string empty or preceded by garbage',
  };
  for (const [text, weight] of Object.entries(cases))
    it(`is what HAProxy makes of it: ${text} of 10`, () => assert.equal(readWeight(text, 10), weight));
});

describe('a server with an agent', () => {
  const lastOf = (lines: readonly string[]): readonly unknown[] => {
    const { operational, administrative, weight, config, lastAgent } = saying(lines).server('a');
    return [operational, administrative, weight, config.maxconn, lastAgent?.status, lastAgent?.info];
  };
  const cases: readonly (readonly [lines: readonly string[], expected: readonly unknown[]])[] = [
    [['up'], ['up', 'ready', 10, 5, 'L7OK', 'via agent : up']],
    [['down # busy'], ['down', 'ready', 10, 5, 'L7STS', 'via agent : down (busy)']],
    [
      ['down', '50%'],
      ['down', 'ready', 5, 5, 'CHECKED', ''],
    ],
    [
      ['stopped', 'up'],
      ['up', 'ready', 10, 5, 'L7OK', 'via agent : up'],
    ],
    [['drain 30% maxconn:7'], ['up', 'drain', 3, 7, 'CHECKED', '']],
    [
      ['maint', 'ready'],
      ['up', 'ready', 10, 5, 'CHECKED', ''],
    ],
    [['what'], ['up', 'ready', 10, 5, 'CHECKED', 'agent reports an error : what']],
    [['maxconn:x'], ['up', 'ready', 10, 5, 'CHECKED', 'agent warns : maxconn string empty or preceded by garbage']],
    [['up what # fine'], ['up', 'ready', 10, 5, 'L7OK', 'via agent : up (what)']],
    [['fail what # bad'], ['down', 'ready', 10, 5, 'L7STS', 'via agent : fail (bad)']],
    [['up 5%x'], ['up', 'ready', 10, 5, 'L7OK', 'via agent : up (Trailing garbage in weight string)']],
  ];
  for (const [lines, expected] of cases)
    it(`is as it says: ${lines.join(', then ')}`, () => assert.deepEqual(lastOf(lines), expected));

  it('is up only while its checks pass and its agent says nothing else', () => {
    const on = saying(['down'], { check: checkConfig });
    on.backend.checked(on.server('a'), passed);
    assert.equal(on.server('a').operational, 'down');
    on.backend.heard(on.server('a'), { ...passed, status: 'L7OK' }, 1);
    assert.equal(on.server('a').operational, 'up');
    for (let check = 0; check < checkConfig.fall; check += 1) on.backend.checked(on.server('a'), failed);
    on.backend.heard(on.server('a'), { ...passed, status: 'L7OK' }, 1);
    assert.equal(on.server('a').operational, 'down');
  });
  it('stays up when its agent cannot be reached', () => {
    const on = saying(['up']);
    on.backend.heard(on.server('a'), { ...failed, status: 'L4CON' }, 1);
    assert.equal(on.server('a').operational, 'up');
    assert.match(on.lines.at(-1) ?? '', /Agent check for server \S+\/a failed, reason: Layer4 connection problem/);
  });
  it('keeps what its agent said through a new configuration, until the agent is gone', () => {
    const on = saying(['down maxconn:7 20%']);
    on.backend.follow(asked());
    const { operational, weight, config } = on.server('a');
    assert.deepEqual([operational, weight, config.maxconn], ['down', 2, 7]);
    on.backend.follow(asked({ maxconn: 9 }));
    assert.equal(on.server('a').config.maxconn, 9, 'a limit that is written anew wins');
    on.backend.follow(asked({ agent: undefined }));
    assert.equal(on.server('a').operational, 'up');
  });
  it('takes what its agent said to another process', () => {
    const [before, after] = [saying(['down maxconn:7']), bench(asked())];
    after.backend.restore(before.backend.save());
    assert.deepEqual([after.server('a').operational, after.server('a').config.maxconn], ['down', 7]);
  });
  it('is left alone while the agent is not asked, and comes back with the next check that passes', () => {
    const on = saying(['down'], { check: checkConfig });
    on.backend.follow(asked({ check: checkConfig, agent: { ...agent, paused: true } }));
    on.backend.heard(on.server('a'), { ...passed, status: 'L7OK' }, 1);
    assert.equal(on.server('a').operational, 'down');
    on.backend.checked(on.server('a'), passed);
    assert.equal(on.server('a').operational, 'up');
  });
});
