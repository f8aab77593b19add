import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EditedList, SegmentCache } from './edited-list.ts';
import { editedLists } from './edited-lists.ts';

const keysOf = (list: EditedList): readonly string[] => list.segments.flatMap(({ entries }) => [...entries.keys()]);

test('a list is its file, then what was added, each key once', () => {
  const list = new EditedList([
    { key: 'a', value: '1' },
    { key: 'b', value: '2' },
    { key: 'a', value: '3' },
  ]);
  list.set('c', '4');
  list.set('b', '5');
  assert.deepEqual(keysOf(list), ['a', 'b', 'c']);
  assert.deepEqual([list.get('a')?.value, list.get('b')?.value, list.get('c')?.value], ['1', '5', '4']);
  list.delete('a');
  list.delete('c');
  list.delete('nothing');
  assert.deepEqual(keysOf(list), ['b']);
  assert.equal(list.added, 0);
});

test('what clients make rules add is bounded in number: the oldest leave', () => {
  const list = new EditedList([{ key: 'file', value: '' }]);
  for (let count = 0; count < 100_010; count += 1) list.set(`k${count}`);
  assert.equal(list.added, 100_000);
  assert.equal(list.get('k9'), undefined);
  assert.ok(list.get('k10'));
  assert.ok(list.get('file'), 'entries of the file stay');
});

test('what clients make rules add is bounded in bytes', () => {
  const list = new EditedList([]);
  const value = 'x'.repeat(4096);
  for (let count = 0; count < 5000; count += 1) list.set(`k${count}`, value);
  assert.ok(list.added < 4100 && list.added > 4000, `${list.added}`);
  const grown = new EditedList([]);
  for (let count = 0; count < 5000; count += 1) grown.set(`k${count}`);
  for (let count = 0; count < 5000; count += 1) grown.set(`k${count}`, value);
  assert.ok(grown.added < 4100, `${grown.added}`);
});

test('a change makes one segment be looked up anew, however large the list is', () => {
  const list = new EditedList(Array.from({ length: 50_000 }, (_, at) => ({ key: `f${at}`, value: '' })));
  let made = 0;
  const cache = new SegmentCache(list, (entries) => {
    made += entries.length;
    return entries.length;
  });
  assert.deepEqual([...cache], [50_000]);
  made = 0;
  for (let count = 0; count < 3000; count += 1) list.set(`k${count}`);
  assert.deepEqual([...cache], [50_000, 1024, 1024, 952]);
  assert.equal(made, 3000);
  made = 0;
  list.set('one more');
  assert.deepEqual([...cache].length, 4);
  assert.equal(made, 953);
});

test('lists are read from their files as HAProxy reads them, and those that nothing reads are named', () => {
  const files: Readonly<Record<string, string>> = {
    'a.map': '# comment\n\n  key   a value  \nother\n',
    'a.acl': '  /one two \r\n#x\n/three',
  };
  const lists = editedLists(
    new Map([
      ['a.map', 'map'],
      ['a.acl', 'acl'],
      ['no.acl', 'acl'],
    ]),
    (path) => files[path],
  );
  const map = lists.read('a.map');
  assert.equal(map, lists.find('a.map'), 'one list for all that name the file');
  assert.deepEqual([map?.get('key')?.value, map?.get('other')?.value], ['a value', '']);
  assert.deepEqual(keysOf(lists.read('a.acl') ?? new EditedList([])), ['/one two ', '/three']);
  assert.deepEqual([lists.find('b.map'), lists.find('no.acl')], [undefined, undefined]);
  assert.deepEqual(lists.unread(), ['no.acl']);
});
