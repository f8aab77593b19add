import assert from 'node:assert/strict';
import test from 'node:test';
import { formatProblem, Problems } from '@headgate/shared/config/problem';
import { compile } from './compile.ts';
import { readText } from './read.ts';

const HEAD = 'defaults\n mode http\n timeout connect 1s\n timeout server 1s\n timeout client 1s\n';

function compiled(lines: string): ReturnType<typeof compile> {
  const problems = new Problems();
  const raw = readText(`${HEAD}${lines}frontend f\n bind :80\n default_backend b\n`, 'x.cfg', {}, problems);
  return compile(raw, { readFile: () => undefined, limits: '' }, problems);
}

function servers(lines: string): readonly string[] | undefined {
  return compiled(lines)
    .snapshot?.backends.get('b')
    ?.servers.map(({ name, address, weight, check }) => {
      const place = address.kind === 'tcp' ? `${address.host}:${address.port}` : address.path;
      return `${name} ${place} ${weight}${check === undefined ? '' : ' check'}`;
    });
}

test('dispatch is the only server that is balanced, without the words of default-server; its last line counts', () => {
  assert.deepEqual(
    servers('backend b\n dispatch 10.0.0.1:1\n default-server check\n dispatch 10.0.0.2:2\n server a 10.0.0.3:3\n'),
    ['a 10.0.0.3:3 0 check', '<NOSRV> 10.0.0.2:2 1'],
  );
  assert.deepEqual(servers('backend b\n dispatch unix@/run/a.sock\n'), ['<NOSRV> /run/a.sock 1']);
});

test('with balance, of defaults too, dispatch is ignored with a warning', () => {
  for (const lines of [
    'backend b\n dispatch 10.0.0.1:1\n balance leastconn\n server a 10.0.0.3:3\n',
    ' balance leastconn\nbackend b\n dispatch 10.0.0.1:1\n server a 10.0.0.3:3\n',
  ]) {
    assert.deepEqual(servers(lines), ['a 10.0.0.3:3 1']);
    assert.match(compiled(lines).problems.map(formatProblem).join(), /warning: 'dispatch' of 'b' is ignored/);
  }
});

test('dispatch needs an address with one port, and nothing else', () => {
  const wrong: Readonly<Record<string, RegExp>> = {
    '': /needs an address/,
    '10.0.0.1': /'10\.0\.0\.1' has no port/,
    '10.0.0.1:+5': /has no port/,
    '10.0.0.1:1-3': /one port, not a range/,
    '10.0.0.1:1 check': /unexpected 'check'/,
  };
  for (const [words, problem] of Object.entries(wrong))
    assert.match(compiled(`backend b\n dispatch ${words}\n`).problems.map(formatProblem).join(), problem);
});

test('option transparent is a server that is where the client connected to, unless there is balance', () => {
  for (const word of ['option transparent', 'transparent'])
    assert.deepEqual(servers(`backend b\n ${word}\n server a 10.0.0.3:3\n`), ['a 10.0.0.3:3 0', '<NOSRV> 0.0.0.0:0 1']);
  assert.deepEqual(servers('backend b\n option transparent\n balance first\n server a 10.0.0.3:3\n'), [
    'a 10.0.0.3:3 1',
  ]);
  assert.deepEqual(servers('backend b\n option transparent\n dispatch 10.0.0.1:1\n'), ['<NOSRV> 10.0.0.1:1 1']);
});
