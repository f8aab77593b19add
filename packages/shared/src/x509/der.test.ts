import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { certificateParts } from './certificate.ts';
import { der, derOid, derTag, derTime, oidText, readDer, readDerList } from './der.ts';
import { nameEntry, nameLine, nameRfc2253 } from './name.ts';

const bytes = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('DER', () => {
  for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    it(`reads back what it wrote: ${length} bytes`, () => {
      const value = Buffer.alloc(length, 7);
      const { tag, value: read, raw } = readDer(der(derTag.octetString, value));
      assert.equal(tag, derTag.octetString);
      assert.ok(read.equals(value));
      assert.equal(raw.length, der(derTag.octetString, value).length);
    });
  }

  for (const [title, hex] of [
    ['nothing', ''],
    ['no length', '30'],
    ['a length beyond the end', '3002 05'],
    ['a long length beyond the end', '3084 ffffffff 00'],
    ['a length of unknown form', '3080 0000'],
    ['a length of five bytes', '3085 0000000001 00'],
  ] as const) {
    it(`refuses ${title}`, () => assert.throws(() => readDer(bytes(hex)), RangeError));
  }

  it('reads no endless lists', () => assert.throws(() => readDerList(Buffer.alloc(4000)), RangeError));

  for (const oid of ['1.2.840.113549.1.1.11', '2.5.4.3', '1.3.6.1.5.5.7.48.1.2', '0.9.2342.19200300.100.1.25']) {
    it(`object identifier ${oid}`, () => assert.equal(oidText(readDer(derOid(oid)).value), oid));
  }

  for (const [tag, text, wanted] of [
    [derTag.utcTime, '261231235959Z', '2026-12-31T23:59:59.000Z'],
    [derTag.utcTime, '991231235959Z', '1999-12-31T23:59:59.000Z'],
    [derTag.generalizedTime, '20501231235959Z', '2050-12-31T23:59:59.000Z'],
    [derTag.generalizedTime, '20261231235959.5Z', '2026-12-31T23:59:59.000Z'],
    [derTag.utcTime, '2612312359Z', undefined],
    [derTag.utcTime, '261399999999Z', undefined],
    [derTag.generalizedTime, 'tomorrow', undefined],
  ] as const) {
    it(`time ${text}`, () => {
      const value = Buffer.from(text);
      assert.equal(derTime({ tag, value, raw: value })?.toISOString(), wanted);
    });
  }
});

describe('distinguished names', () => {
  const attribute = (oid: string, value: string, tag = 0x0c): Buffer =>
    der(derTag.sequence, derOid(oid), der(tag, Buffer.from(value, 'latin1')));
  const name = readDer(
    der(
      derTag.sequence,
      der(derTag.set, attribute('2.5.4.6', 'FR')),
      der(derTag.set, attribute('2.5.4.11', 'a'), attribute('2.5.4.11', ' b, "c" ')),
      der(derTag.set, attribute('2.5.4.3', '#\u0001x')),
      der(derTag.set, attribute('1.2.3.4', 'y')),
    ),
  );

  it('on a line', () => assert.equal(nameLine(name), '/C=FR/OU=a/OU= b, "c" /CN=#\u0001x/1.2.3.4=y'));
  it('as RFC 2253', () => assert.equal(nameRfc2253(name), String.raw`1.2.3.4=y,CN=\#\01x,OU=\ b\, \"c\"\ +OU=a,C=FR`));
  it('by entry and occurrence', () => {
    assert.equal(nameEntry(name, 'OU', 1), 'a');
    assert.equal(nameEntry(name, 'OU', -1), ' b, "c" ');
    assert.equal(nameEntry(name, 'OU', 3), undefined);
    assert.equal(nameEntry(name, 'L', 1), undefined);
  });
  it('that are damaged have nothing in them', () =>
    assert.equal(nameLine({ tag: 0x30, value: bytes('3105 30'), raw: bytes('') }), ''));
});

describe('certificateParts', () => {
  it('is undefined for what is no certificate', () => {
    for (const hex of ['', '30', '3000', '30023000', '3006 3004 02010102 0101'])
      assert.equal(certificateParts(bytes(hex)), undefined);
  });
});
