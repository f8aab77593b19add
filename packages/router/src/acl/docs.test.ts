import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { actions } from '../rules/actions.ts';
import { matchSuffixes, suffixed } from './keywords.ts';
import { matches } from './matches.ts';
import { predefined } from './predefined.ts';

const page = readFileSync(new URL('../../../../docs/acl.md', import.meta.url), 'utf8');
const words = new Set([...page.matchAll(/`([^`\n]+)`/g)].flatMap(([, code = '']) => code.split(/[ (,]/)));
const named = [matches, predefined, actions, suffixed].flatMap((list) => Object.keys(list));

test('docs/acl.md names every match, predefined acl, action, and fetch that has forms with a match', () => {
  assert.deepEqual(
    [...named, ...matchSuffixes.map((suffix) => `_${suffix}`)].filter((name) => !words.has(name)),
    [],
  );
});
