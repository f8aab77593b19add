import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { Problems } from '@headgate/shared/config/problem';
import { aclKeywords } from '../acl/keywords.ts';
import { converters } from './converters.ts';
import type { UserList } from '../model/user-list.ts';
import { compileExpression } from './expression.ts';
import { fetches } from './fetches.ts';
import { instead } from './unsupported.ts';

const HAPROXY = '/usr/sbin/haproxy';
const at = { file: 'test.cfg', line: 1, column: 1 };
/** A map file for the example of a converter. */
function mapFor(name: string): string {
  const key = name.startsWith('map_int') ? '80' : '192.0.2.0/24';
  return `${key} ${name.endsWith('_int') && name !== 'map_int' ? '5' : '192.0.2.1'}\n`;
}

/** Names under one heading of `haproxy -dKall`, which lists all of 2.6's keywords. */
function listed(heading: string): readonly string[] {
  const { stdout } = spawnSync(HAPROXY, ['-dKall', '-q', '-c', '-f', '/dev/null'], { encoding: 'utf8' });
  const [, section = ''] = stdout.split(`# List of registered ${heading}:\n`);
  const [own = ''] = section.split(/^# List of/m);
  return own
    .split('\n')
    .flatMap((line) => /^(?:\[[ Y.]*\] )?([a-z][A-Za-z0-9_.+-]*)(?=[(:]| = )/.exec(line)?.[1] ?? []);
}

const installed = { skip: existsSync(HAPROXY) ? false : 'haproxy is not installed' };

test('every sample fetch of HAProxy is supported or refused by name', installed, () => {
  const names = listed('sample fetch functions');
  assert.ok(names.length > 300);
  assert.deepEqual(
    names.filter((name) => !Object.hasOwn(fetches, name) && instead.fetch(name) === undefined),
    [],
  );
});

test('every converter of HAProxy is supported', installed, () => {
  const names = listed('sample converter functions');
  assert.ok(names.length > 100);
  assert.deepEqual(
    names.filter((name) => !Object.hasOwn(converters, name)),
    [],
  );
});

test('every ACL keyword of HAProxy is supported or refused by name', installed, () => {
  const names = listed('ACL keywords');
  assert.ok(names.length > 70);
  assert.deepEqual(
    names.filter(
      (name) => !aclKeywords.has(name) && !Object.hasOwn(fetches, name) && instead.fetch(name) === undefined,
    ),
    [],
  );
});

test('no fetch is both supported and refused', () => {
  assert.deepEqual(
    instead.fetches().filter((name) => Object.hasOwn(fetches, name)),
    [],
  );
});

for (const [kind, table] of [
  ['fetch', fetches],
  ['converter', converters],
] as const)
  for (const [name, { example }] of Object.entries(table))
    test(`the example of ${kind} ${name} compiles and uses it: ${example}`, () => {
      const problems = new Problems();
      const word = { text: example, at };
      const userList = (list: string): UserList => ({ name: list, users: new Map(), groups: new Set() });
      const compiled = compileExpression(word, { problems, readFile: () => mapFor(name), userList });
      assert.deepEqual(problems.list, []);
      assert.ok(compiled);
    });
