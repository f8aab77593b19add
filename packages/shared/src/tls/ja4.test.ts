import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ja4Of } from './ja4.ts';

const numbers = (text: string): number[] => text.split(',').map((value) => Number.parseInt(value, 16));

/** The example of the specification, with GREASE among it and in the order of the wire. */
const chrome = {
  version: 0x0303,
  protocols: ['h2', 'http/1.1'],
  offers: {
    suites: numbers('5a5a,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035'),
    versions: numbers('baba,0304,0303'),
    groups: [],
    signatures: numbers('0403,0804,0401,0503,0805,0501,0806,0601'),
    extensions: numbers('aaaa,001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015,caca'),
  },
};

for (const [title, hello, expected] of [
  ['a Chrome', chrome, 't13d1516h2_8daaf6152771_e5627efa2ab1'],
  [
    'the same with its extensions in another order',
    { ...chrome, offers: { ...chrome.offers, extensions: chrome.offers.extensions.toReversed() } },
    't13d1516h2_8daaf6152771_e5627efa2ab1',
  ],
  [
    'a client of TLS 1.2 without extensions',
    {
      version: 0x0303,
      protocols: [],
      offers: { suites: [0x2f], versions: [], groups: [], signatures: [], extensions: [] },
    },
    // printf 002f | sha256sum
    't12i010000_ba72b8082249_000000000000',
  ],
  ['a protocol that is no text', { ...chrome, protocols: ['\u00ab\u00cd'] }, 't13d1516ad_8daaf6152771_e5627efa2ab1'],
] as const)
  test(`the JA4 of ${title}`, () => assert.equal(ja4Of(hello), expected));
