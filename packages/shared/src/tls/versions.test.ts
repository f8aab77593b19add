import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { combined, rangeOf } from './versions.ts';
import type { Version, VersionRange, VersionWords } from './versions.ts';

function words(min?: Version, max?: Version, ...without: readonly Version[]): VersionWords {
  return { ...(min && { min }), ...(max && { max }), without };
}

const cases: readonly (readonly [string, VersionWords, VersionRange | undefined])[] = [
  ['nothing said: from TLS 1.2 on', words(), { min: 'TLSv1.2', max: 'TLSv1.3', holes: [] }],
  ['a minimum', words('TLSv1.0'), { min: 'TLSv1.0', max: 'TLSv1.3', holes: [] }],
  [
    'a maximum below the default minimum is both',
    words(undefined, 'TLSv1.1'),
    { min: 'TLSv1.1', max: 'TLSv1.1', holes: [] },
  ],
  [
    'what is excluded at the end',
    words(undefined, undefined, 'TLSv1.3'),
    { min: 'TLSv1.2', max: 'TLSv1.2', holes: [] },
  ],
  [
    'what is excluded at the beginning',
    words(undefined, undefined, 'TLSv1.2'),
    { min: 'TLSv1.3', max: 'TLSv1.3', holes: [] },
  ],
  [
    'exclusions do not count beside a minimum',
    words('TLSv1.2', undefined, 'TLSv1.3'),
    { min: 'TLSv1.2', max: 'TLSv1.3', holes: [] },
  ],
  ['everything is excluded', words(undefined, undefined, 'TLSv1.2', 'TLSv1.3'), undefined],
  ['a minimum above the maximum', words('TLSv1.3', 'TLSv1.2'), undefined],
];

describe('TLS versions', () => {
  for (const [title, given, wanted] of cases) it(title, () => assert.deepEqual(rangeOf(given, 'TLSv1.2'), wanted));

  it('what is excluded between the oldest and the newest is a hole', () => {
    assert.deepEqual(rangeOf(words(undefined, undefined, 'TLSv1.1'), 'TLSv1.0'), {
      min: 'TLSv1.0',
      max: 'TLSv1.3',
      holes: ['TLSv1.1'],
    });
  });

  it('what a line says goes before the defaults of all lines', () => {
    assert.deepEqual(
      combined(words('TLSv1.3'), words('TLSv1.0', 'TLSv1.2', 'TLSv1.1')),
      words('TLSv1.3', 'TLSv1.2', 'TLSv1.1'),
    );
  });
});
