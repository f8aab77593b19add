import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { actions } from '../rules/actions.ts';
import { converters } from './converters.ts';
import { fetches } from './fetches.ts';
import { matches, matchSuffixes } from './matches.ts';
import { predefined } from './predefined.ts';

const page = readFileSync(new URL('../../../../docs/acl.md', import.meta.url), 'utf8');
const words = new Set([...page.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/[ (,]/)));
const named = [fetches, matches, converters, predefined, actions].flatMap((list) => Object.keys(list));

test('docs/acl.md names every fetch, match, converter, predefined acl and action', () => {
  assert.deepEqual(
    [...named, ...matchSuffixes.map((suffix) => `_${suffix}`)].filter((name) => !words.has(name)),
    [],
  );
});
