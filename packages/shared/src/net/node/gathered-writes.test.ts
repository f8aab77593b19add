import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { GatheredWrites, type Gatherer } from './gathered-writes.ts';

/** What has left `writes`, as text, in its order. */
class Owners {
  readonly left: string[] = [];
  readonly writes: GatheredWrites;
  /** Takes no more than a part of what leaves. */
  stuck = false;

  constructor(writes: GatheredWrites) {
    this.writes = writes;
  }

  /** A write of somebody who has written nothing yet. */
  write(text: string): { readonly place: number; readonly owner: Gatherer } {
    const owner: Gatherer = {
      leave: () => {
        const bytes = this.writes.take(place);
        if (this.stuck) this.writes.held();
        this.left.push(bytes.toString('latin1'));
      },
    };
    const place = this.writes.keep(owner, Buffer.from(text, 'latin1'));
    return { place, owner };
  }
}

/** As many writes as it takes until one is kept. */
function lookFor(owners: Owners): number {
  let writes = 1;
  while (owners.write('first').place < 0) writes += 1;
  return writes;
}

function always(): GatheredWrites {
  const writes = new GatheredWrites();
  writes.always = true;
  return writes;
}

test('most writes of turns with few go at once, and one in sixteen shows whether there are more', async () => {
  const owners = new Owners(new GatheredWrites());
  assert.equal(lookFor(owners), 16);
  assert.deepEqual(owners.left, []);
  await turn();
  assert.deepEqual(owners.left, ['first']);
  assert.equal(lookFor(owners), 16);
});

test('writes of busy turns leave at the end of their turn in their order, until a turn has few', async () => {
  const owners = new Owners(new GatheredWrites());
  lookFor(owners);
  for (const texts of [
    ['a', 'b'],
    ['c', 'd', 'e'],
  ]) {
    for (const text of texts) assert.ok(owners.write(text).place >= 0);
    const before = owners.left.length;
    await turn();
    assert.ok(owners.left.length > before);
  }
  assert.deepEqual(owners.left, ['first', 'a', 'b', 'c', 'd', 'e']);
  owners.write('alone');
  await turn();
  assert.ok(owners.write('at once').place < 0);
});

test('what is asked for earlier leaves earlier, and once', async () => {
  const owners = new Owners(always());
  owners.write('a');
  const second = owners.write('b');
  owners.write('c');
  second.owner.leave();
  assert.deepEqual(owners.left, ['b']);
  await turn();
  assert.deepEqual(owners.left, ['b', 'a', 'c']);
});

test('a second piece of the same owner leaves with its first, unless others came between', async () => {
  const writes = always();
  const owners = new Owners(writes);
  const { place } = owners.write('a');
  assert.equal(writes.more(place, Buffer.from('b')), true);
  owners.write('c');
  assert.equal(writes.more(place, Buffer.from('d')), false);
  await turn();
  assert.deepEqual(owners.left, ['ab', 'c']);
});

test('when the memory is full everything leaves, and no piece is longer than it is worth', async () => {
  const owners = new Owners(always());
  const page = 'x'.repeat(4096);
  assert.ok(owners.write(`${page}!`).place < 0);
  for (let each = 0; each < 8; each += 1) owners.write(page);
  assert.equal(owners.left.length, 0);
  const { place } = owners.write('next');
  assert.equal(owners.left.length, 8);
  assert.equal(owners.writes.more(place, Buffer.alloc(32_768)), false);
  await turn();
  assert.equal(owners.left.at(-1), 'next');
});

test('memory that the system still has is not written to again', async () => {
  const writes = always();
  const owners = new Owners(writes);
  let held: Buffer | undefined;
  const slow: Gatherer = {
    leave: () => {
      held = writes.take(place);
      writes.held();
    },
  };
  const place = writes.keep(slow, Buffer.from('slow'));
  owners.write('other');
  await turn();
  for (let each = 0; each < 3; each += 1) owners.write('later');
  await turn();
  assert.equal(held?.toString(), 'slow');
  assert.deepEqual(owners.left, ['other', 'later', 'later', 'later']);
});
