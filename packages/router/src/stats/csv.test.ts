import assert from 'node:assert/strict';
import test from 'node:test';
import { COLUMNS, type Row } from './columns.ts';
import { CSV_HEADER, toCsv } from './csv.ts';
import { toJson } from './json.ts';
import { toTyped } from './typed.ts';

const row: Row = {
  kind: 'server',
  proxyId: 3,
  id: 1,
  values: { pxname: 'app', svname: 's1', scur: 0, last_chk: 'a "b", c' },
};

test('a row has a cell for each column, and one for the mark before the modules', () => {
  const [header = '', line = ''] = toCsv([row]).split('\n');
  assert.equal(header, CSV_HEADER);
  assert.equal(header.split(',').length, COLUMNS.length + 2);
  assert.match(line, /^app,s1,,,0,/);
  assert.match(line, /,"a ""b"", c",/);
  assert.match(line, /,-,/);
});

test('the typed form names place, tags and type of each value, and leaves out what is empty', () => {
  const lines = toTyped([row]).trimEnd().split('\n');
  assert.deepEqual(lines, [
    'S.3.1.0.pxname.1:KNS:str:app',
    'S.3.1.1.svname.1:KNS:str:s1',
    'S.3.1.4.scur.1:MGP:u32:0',
    'S.3.1.56.last_chk.1:MOP:str:a "b", c',
  ]);
});

test('a line break in a text cannot begin a line of its own', () => {
  const broken = { ...row, values: { pxname: 'app', last_chk: 'x\nS.1.1.4.scur.1:MGP:u32:9' } };
  assert.equal(toTyped([broken]).trimEnd().split('\n').length, 2);
});

test('the JSON form has the tags in words', () => {
  const [[first, , third]] = JSON.parse(toJson([row])) as [[unknown, unknown, unknown]];
  assert.deepEqual(first, {
    objType: 'Server',
    proxyId: 3,
    id: 1,
    field: { pos: 0, name: 'pxname' },
    processNum: 1,
    tags: { origin: 'Key', nature: 'Name', scope: 'Service' },
    value: { type: 'str', value: 'app' },
  });
  assert.deepEqual((third as { tags: unknown }).tags, { origin: 'Metric', nature: 'Gauge', scope: 'Process' });
});
