import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CertificateFacts, NamedCertificate } from '../model/snapshot.ts';
import { indexOf, matchesPattern, select } from './select.ts';

const day = new Date(0);

function certificate(file: string, keyAlgorithm = 'EC256', variant = 0): NamedCertificate {
  const facts: CertificateFacts = {
    file,
    subject: '',
    names: [],
    fingerprint256: file,
    notBefore: day,
    notAfter: day,
    keyAlgorithm,
    signatureAlgorithm: '',
  };
  return { pairs: [{ keyPem: '', certPem: '', facts, staple: undefined }], variant };
}

const a = certificate('a');
const b = certificate('b');
const wild = certificate('wild');
const rsa = certificate('rsa', 'RSA2048');

function files(found: NamedCertificate | undefined): readonly string[] {
  return found?.pairs.map(({ facts }) => facts.file) ?? [];
}

describe('select', () => {
  const index = indexOf([
    { certificate: a, filters: ['a.test', 'Both.Test'] },
    { certificate: b, filters: ['a.test', 'b.test'] },
    { certificate: wild, filters: ['*.example.test', '!secret.example.test', '*'] },
    { certificate: rsa, filters: ['both.test', '*.example.test'] },
    { certificate: b, filters: ['*.one.test', '!no.one.test'] },
    { certificate: a, filters: ['c.two.test', '!x.one.test'] },
  ]);

  for (const [name, wanted] of [
    ['a.test', ['a']],
    ['A.TEST', ['a']],
    ['b.test', ['b']],
    ['both.test', ['a', 'rsa']],
    ['x.example.test', ['wild', 'rsa']],
    ['x.y.example.test', []],
    ['example.test', []],
    ['.example.test', []],
    // Compared with HAProxy: an exclusion is for its line alone.
    ['secret.example.test', ['rsa']],
    ['no.one.test', []],
    ['x.one.test', ['b']],
    ['', []],
    ['constructor', []],
    ['c.test', []],
  ] as const) {
    it(`${name === '' ? 'no name' : name} gets ${wanted.join(' and ') || 'the default'}`, () =>
      assert.deepEqual(files(select(index, name)), wanted));
  }

  it('names with the same two certificates share them, and what is made from them', () => {
    const both = indexOf([
      { certificate: a, filters: ['a.test', 'b.test'] },
      { certificate: rsa, filters: ['a.test', 'b.test'] },
    ]);
    assert.equal(select(both, 'a.test'), select(both, 'b.test'));
  });

  it('a certificate with settings of its own joins no other', () => {
    const own = certificate('own', 'RSA2048', 1);
    const index = indexOf([
      { certificate: a, filters: ['a.test'] },
      { certificate: own, filters: ['a.test'] },
    ]);
    assert.deepEqual(files(select(index, 'a.test')), ['a']);
  });

  it('finds one of a hundred thousand names as fast as one of ten', () => {
    const many = indexOf(
      Array.from({ length: 100_000 }, (_, number) => ({ certificate: a, filters: [`n${number}.test`] })),
    );
    const few = indexOf([{ certificate: a, filters: ['n1.test'] }]);
    const time = (where: typeof many, name: string): number => {
      const began = process.hrtime.bigint();
      for (let count = 0; count < 20_000; count += 1) select(where, name);
      return Number(process.hrtime.bigint() - began);
    };
    const best = (where: typeof many, name: string): number =>
      Math.min(...Array.from({ length: 5 }, () => time(where, name)));
    assert.ok(best(many, 'n99999.test') < 20 * best(few, 'n1.test'));
  });
});

describe('matchesPattern', () => {
  for (const [pattern, name, matches] of [
    ['a.test', 'A.test', true],
    ['a.test', 'b.a.test', false],
    ['*.a.test', 'b.a.test', true],
    ['*.a.test', 'c.b.a.test', true],
    ['*.a.test', 'a.test', false],
    ['*', 'anything', true],
  ] as const) {
    it(`${name} is ${matches ? '' : 'not '}${pattern}, as for stunnel`, () =>
      assert.equal(matchesPattern(pattern, name), matches));
  }
});
