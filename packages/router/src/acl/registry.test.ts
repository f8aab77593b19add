import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { actions } from '../rules/actions.ts';
import { converters } from './converters.ts';
import { fetches, suffixed } from './fetches.ts';
import { matches } from './matches.ts';
import { unsupportedFetches } from './unsupported.ts';

const registries = [
  ['fetches', new URL('./fetches/', import.meta.url), fetches],
  ['matches', new URL('./matches/', import.meta.url), matches],
  ['converters', new URL('./converters/', import.meta.url), converters],
  ['actions', new URL('../rules/actions/', import.meta.url), actions],
] as const;

for (const [name, folder, list] of registries) {
  test(`every file in ${name}/ is in its list, and every entry has its file`, () => {
    const files = readdirSync(folder)
      .filter((file) => !file.endsWith('.test.ts'))
      .map((file) => file.replace(/\.ts$/, ''));
    for (const file of files) assert.ok(Object.hasOwn(list, file), `${file} is not listed`);
    assert.equal(files.length, new Set<unknown>(Object.values(list)).size);
  });
}

test('nothing is both there and not supported yet', () => {
  const there = [...Object.keys(fetches), ...Object.keys(suffixed)];
  assert.deepEqual(
    there.filter((name) => unsupportedFetches.has(name)),
    [],
  );
});
