import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandsIn } from './words.ts';

for (const [line, expected] of [
  ['show version', [['show', 'version']]],
  ['   show \t version  \r', [['show', 'version']]],
  [
    'show version;show info',
    [
      ['show', 'version'],
      ['show', 'info'],
    ],
  ],
  ['show version ; ; ;', [['show', 'version']]],
  ['add map a key\\ with\\;blank v\\\\', [['add', 'map', 'a', 'key with;blank', 'v\\']]],
  ['a\\', [['a\\']]],
  ['', []],
] as const)
  test(`the commands of ${JSON.stringify(line)}`, () => assert.deepEqual(commandsIn(line), expected));
