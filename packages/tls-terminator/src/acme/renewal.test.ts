import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { AUTHORITY, OpenSsl } from '../certificate/fixtures/openssl.ts';
import { backOff, renewalId, renewalTime, suggestedTime } from './renewal.ts';
import { retryAfter } from './retry-after.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());

const DAY = 86_400_000;

describe('the time of a renewal', () => {
  for (const [share, chance, expected] of [
    [2 / 3, 0, 60],
    [0.5, 0, 45],
    [0.5, 1, 43.2],
  ] as const)
    it(`${share} of 90 days with chance ${chance} is day ${expected}`, () =>
      assert.equal(Math.round((renewalTime({ from: 0, until: 90 * DAY }, share, chance) / DAY) * 10) / 10, expected));

  for (const [window, chance, expected] of [
    [[10, 20], 0.5, 15],
    [[10, 10], 0.9, 10],
    [[-5, -4], 0, -5],
    // Later than the certificate lives, which would be an outage.
    [[100, 120], 0.5, 85.5],
  ] as const)
    it(`a suggestion of days ${window.join(' to ')} is day ${expected}`, () => {
      const [start, end] = window;
      assert.equal(suggestedTime({ from: 0, until: 90 * DAY }, [start * DAY, end * DAY], chance) / DAY, expected);
    });
});

describe('the next attempt', () => {
  for (const [failures, options, expected] of [
    [1, {}, 60_000],
    [2, {}, 600_000],
    [3, {}, 6_000_000],
    [4, {}, DAY],
    [400, {}, DAY],
    [1, { retryAfter: 3_600_000 }, 3_600_000],
    [1, { retryAfter: 365 * DAY }, 7 * DAY],
    [1, { hopeless: true }, DAY],
  ] as const)
    it(`after ${failures} failures with ${JSON.stringify(options)} is in ${expected} ms`, () =>
      assert.equal(backOff(failures, { hopeless: false, chance: 0, ...options }), expected));
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  for (const [field, expected] of [
    ['120', 120_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['99999999999999999999', undefined],
    [undefined, undefined],
  ] as const)
    it(`${field ?? 'none'} is ${expected ?? 'nothing'}`, () => {
      const found = retryAfter(field, now);
      // Date.parse reads '-5' as a month: it must not become a wait.
      if (expected === undefined) assert.ok(found === undefined || found === 0, String(found));
      else assert.equal(found, expected);
    });
});

describe('the name of a certificate in ARI', () => {
  it('is its authority key identifier and its serial number (RFC 9773 §4.1)', () => {
    const ca = openssl.issue({ name: 'ca', extensions: [...AUTHORITY, 'subjectKeyIdentifier=hash'] });
    const { cert } = openssl.issue({ name: 'a', by: ca, extensions: ['authorityKeyIdentifier=keyid:always'] });
    const leaf = new X509Certificate(cert);
    const [authority = '', serial = ''] = (renewalId(leaf.raw) ?? '').split('.');
    const hex = openssl.run(['x509', '-noout', '-ext', 'authorityKeyIdentifier'], cert).toString();
    assert.equal(
      Buffer.from(authority, 'base64url').toString('hex').toUpperCase(),
      /[\dA-F:]{59}/.exec(hex)?.[0]?.replaceAll(':', ''),
    );
    assert.equal(Buffer.from(serial, 'base64url').toString('hex').replace(/^00/, '').toUpperCase(), leaf.serialNumber);
  });

  for (const [what, bytes] of [
    ['nothing', Buffer.alloc(0)],
    ['garbage', Buffer.from('308201', 'hex')],
  ] as const)
    it(`there is none in ${what}`, () => assert.equal(renewalId(bytes), undefined));
});
