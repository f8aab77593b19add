import assert from 'node:assert/strict';
import test from 'node:test';
import { noFacts } from './fixtures/service.ts';
import { pairFor } from './key-choice.ts';

const pair = (keyAlgorithm: string) => ({
  keyPem: '',
  certPem: '',
  facts: { ...noFacts, keyAlgorithm },
  staple: undefined,
});
const [EC256, EC384, RSA] = [pair('EC256'), pair('EC384'), pair('RSA2048')];
const CIPHERS = 'TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256';

const browser = {
  suites: [0x1301, 0xc02b, 0xc02f],
  versions: [0x0304, 0x0303],
  groups: [29, 23, 24],
  signatures: [0x0403, 0x0804, 0x0401, 0x0503],
  extensions: [],
};
const old = { ...browser, suites: [0xc02b, 0xc02f], versions: [] };
const both = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', ciphers: CIPHERS } as const;

for (const [title, pairs, offers, options, expected] of [
  ['a browser gets EC', [RSA, EC256], browser, both, EC256],
  ['in TLS 1.2 too', [RSA, EC256], browser, { ...both, maxVersion: 'TLSv1.2' }, EC256],
  ['a client that verifies RSA alone gets RSA', [RSA, EC256], { ...browser, signatures: [0x0804, 0x0401] }, both, RSA],
  ['and so in TLS 1.2', [RSA, EC256], { ...old, signatures: [0x0804, 0x0401] }, both, RSA],
  [
    'a curve whose signatures it does not know is not for it',
    [RSA, EC384],
    { ...browser, signatures: [0x0403, 0x0804] },
    both,
    RSA,
  ],
  ['nor one that is not among its groups', [RSA, EC384], { ...old, groups: [29, 23] }, both, RSA],
  ['without a cipher for EC in TLS 1.2 it gets RSA', [RSA, EC256], { ...old, suites: [0xc02f] }, both, RSA],
  ['without a cipher of ours OpenSSL decides', [RSA, EC256], { ...old, suites: [0xc009, 0xc013] }, both, undefined],
  ['without signatures too', [RSA, EC256], { ...old, signatures: [] }, both, undefined],
  ['and where it does not speak our version', [RSA, EC256], old, { ...both, minVersion: 'TLSv1.3' }, undefined],
  ['of keys of other kinds nothing is known', [pair('ED25519')], browser, both, undefined],
] as const)
  test(`of several keys: ${title}`, () => assert.equal(pairFor(pairs, offers, options), expected));
