import assert from 'node:assert/strict';
import test from 'node:test';
import { addressFromBytes, addressToBytes } from './ip-bytes.ts';

const canonical: readonly (readonly [string, string])[] = [
  ['127.0.0.1', '127.0.0.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['fe80::0042', 'fe80::42'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::FFFF:7f00:1', '127.0.0.1'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
];

for (const [written, expected] of canonical) {
  test(`${written} goes to bytes and comes back as ${expected}`, () => {
    const bytes = addressToBytes(written);
    assert.ok(bytes);
    assert.equal(addressFromBytes(bytes), expected);
  });
}

for (const text of [
  '',
  '1.2.3',
  '1.2.3.400',
  '01.2.3.4',
  '1.2.3.4 ',
  ':::',
  '::1::',
  'fe80::1%eth0',
  'localhost',
  '1:2:3:4:5:6:7:8:9',
]) {
  test(`'${text}' is not an address`, () => assert.equal(addressToBytes(text), undefined));
}
