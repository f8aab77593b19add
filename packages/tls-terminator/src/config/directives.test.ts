import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Problems } from '@headgate/shared/config/problem';
import { HARMLESS_VALUES, OBSOLETE, UNSUPPORTED } from './absent.ts';
import { globalDirectives, serviceDirectives } from './directives.ts';
import { newGlobalDraft, newServiceDraft } from './draft.ts';

const at = { file: 'f', line: 1, column: 1 };

function valueOf(name: string, example: string): { text: string; at: typeof at } {
  const [written = '', ...rest] = example.split('=');
  assert.equal(written.trim(), name, 'the example is of another option');
  return { text: rest.join('=').trim(), at };
}

describe('every directive', () => {
  for (const [name, directive] of Object.entries(globalDirectives)) {
    it(`takes its own example: ${name} (process)`, () => {
      const problems = new Problems();
      directive.apply(valueOf(name, directive.example), newGlobalDraft(), problems);
      assert.equal(problems.hasErrors, false);
    });
  }
  for (const [name, directive] of Object.entries(serviceDirectives)) {
    it(`takes its own example: ${name} (service)`, () => {
      const problems = new Problems();
      directive.apply(valueOf(name, directive.example), newServiceDraft(), problems);
      assert.equal(problems.hasErrors, false);
    });
  }

  it('is either there, absent or obsolete', () => {
    const names = [
      ...new Set([...Object.keys(globalDirectives), ...Object.keys(serviceDirectives)]),
      ...Object.keys(UNSUPPORTED),
      ...Object.keys(OBSOLETE),
    ];
    assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
    for (const name of Object.keys(HARMLESS_VALUES)) assert.ok(Object.hasOwn(UNSUPPORTED, name));
  });
});
