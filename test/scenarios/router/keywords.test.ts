import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { compile } from '@headgate/router/config/compile';
import { readHaproxyCfg } from '@headgate/router/config/haproxy-cfg';
import { Problems } from '@headgate/shared/config/problem';
import { missing } from '../../support/programs.ts';

/** HAProxy's own list of its keywords, as lines of a configuration; without their arguments. */
function registered(): readonly string[] {
  const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };
  // It ends with 2: the empty file has nothing to run.
  const { stdout } = spawnSync('haproxy', ['-dKall', '-q', '-c', '-f', '/dev/null'], { env, encoding: 'utf8' });
  const list = /configuration keywords:\n([^#]*\n)#/.exec(stdout)?.[1] ?? '';
  const words = (section: string): readonly string[] =>
    (new RegExp(`^${section}\\n((?:\\t.*\\n)*)`, 'm').exec(list)?.[1] ?? '')
      .split('\n')
      .map((line) => line.trim().replace(/ \[.*\]$| \+-?\d+$/, ''))
      .filter((line) => line !== '');
  const proxies = words('listen').map((line) =>
    line
      .replace(/^bind <addr>( ssl)?/, 'bind :80')
      .replace('server <name> <addr>', 'server s localhost:1')
      .replace(/\*$/, ''),
  );
  return ['global', ...words('global'), 'listen l', 'mode http', ...proxies];
}

test('no HAProxy keyword is reported as a typo', { skip: missing('haproxy') }, () => {
  const lines = registered();
  assert.ok(lines.length > 300, `${lines.length} keywords`);
  const problems = new Problems();
  const raw = readHaproxyCfg(`${lines.join('\n')}\n`, 'x.cfg', {}, problems);
  const told = compile(raw, { readFile: () => undefined }, problems).problems.filter(
    ({ message, suggestion }) => suggestion !== undefined || /\bunknown\b/.test(message),
  );
  assert.deepEqual(
    told.map(({ at, message }) => `${lines[at.line - 1]}: ${message}`),
    [],
  );
});
