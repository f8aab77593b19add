import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { KnownNames } from './known-names.ts';

test('a name that was added is known by its lower-case form', () => {
  const names = new KnownNames();
  names.add('X-One', 'x-one');
  assert.equal(names.get('X-One'), 'x-one');
  assert.equal(names.get('X-Two'), undefined);
});

test('names of a stranger are forgotten again, names in use are kept, and the size is bounded', () => {
  const names = new KnownNames();
  names.add('Host', 'host');
  for (let index = 0; index < 5000; index += 1) {
    names.add(`X-${index}`, `x-${index}`);
    assert.equal(names.get('Host'), 'host');
    assert.ok(names.size <= 1024);
  }
  assert.equal(names.get('X-0'), undefined);
});

test('a long name is not kept', () => {
  const names = new KnownNames();
  names.add('X'.repeat(65), 'x'.repeat(65));
  assert.equal(names.size, 0);
});

test('a name that is kept does not keep the head it came in', () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const names = new KnownNames();
  const size = 1 << 20;
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let index = 0; index < 50; index += 1) {
    const head = Buffer.alloc(size, 97 + (index % 26)).toString('latin1');
    names.add(head.slice(0, 28), head.slice(0, 28).toLowerCase());
  }
  collect();
  assert.equal(names.size, 26);
  assert.ok(process.memoryUsage().heapUsed - before < 10 * size);
});
