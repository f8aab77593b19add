import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReadMemory } from './read-memory.ts';

const LARGEST = 65_536;

/** A read of `bytes`, and what `take` was given. */
function read(memory: ReadMemory, bytes: Buffer, held: boolean): Buffer {
  bytes.copy(memory.next());
  let lent: Buffer = bytes;
  memory.lend(bytes.length, {
    data: (chunk) => {
      lent = chunk;
      return held;
    },
  });
  return lent;
}

/** Of a connection that has brought much. */
function own(): ReadMemory {
  const memory = new ReadMemory(true);
  read(memory, Buffer.alloc(4096), false);
  return memory;
}

test('bytes that are held are not read over', () => {
  const memory = own();
  const first = read(memory, Buffer.from('first'), true);
  const second = read(memory, Buffer.from('other'), true);
  read(memory, Buffer.from('third'), false);
  assert.equal(`${first.toString()} ${second.toString()}`, 'first other');
});

test('small pieces that are held are copied: the memory is not replaced for each of them', () => {
  const memory = own();
  read(memory, Buffer.from('first'), true);
  const second = memory.next();
  assert.notEqual(read(memory, Buffer.from('other'), true).buffer, second.buffer);
  read(memory, Buffer.from('third'), true);
  assert.equal(memory.next(), second);
});

test('bytes that may be held never lie in the memory that all share', () => {
  const quiet = new ReadMemory(false);
  const changed = new ReadMemory(false);
  Buffer.from('asked for before').copy(changed.next());
  changed.bulk = true;
  let held: Buffer = Buffer.alloc(0);
  changed.lend(16, {
    data: (chunk) => {
      held = chunk;
      return true;
    },
  });
  read(quiet, Buffer.from('something else..'), false);
  assert.equal(held.toString(), 'asked for before');
});

test('a connection that brings little needs no memory of its own, and one that brings much gets it', () => {
  const memory = new ReadMemory(true);
  read(memory, Buffer.alloc(4095), true);
  assert.equal(memory.next(), new ReadMemory(false).next());
  read(memory, Buffer.alloc(4096), true);
  assert.notEqual(memory.next(), new ReadMemory(false).next());
});

test('a connection that brings much reads up to 64 KiB at once, and gives the memory back after it', () => {
  const memory = new ReadMemory(true);
  const sizes = [];
  for (let turn = 0; turn < 4; turn += 1) {
    const { length } = memory.next();
    sizes.push(length);
    memory.lend(length, { data: () => false });
  }
  assert.deepEqual(sizes, [16_384, LARGEST, LARGEST, LARGEST]);
  memory.bulk = false;
  assert.equal(memory.next(), new ReadMemory(false).next());
});

test('memory in the place of what is held is allocated for a read that comes, not before', (t) => {
  const memory = own();
  memory.next();
  const allocated = t.mock.method(Buffer, 'allocUnsafeSlow');
  memory.lend(16_384, { data: () => true });
  assert.equal(allocated.mock.callCount(), 0);
  memory.next();
  assert.equal(memory.next().length, LARGEST);
  assert.equal(allocated.mock.callCount(), 1);
});
