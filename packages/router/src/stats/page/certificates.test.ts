import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateView } from '../view.ts';
import { certificatesSection, left } from './certificates.ts';

const NOW = Date.parse('2026-11-27T00:00:00Z');
const HOUR = 3_600_000;
const ONE: CertificateView = {
  service: 'web',
  file: '/a.pem',
  subject: 'CN=a',
  names: ['a.example'],
  notAfter: NOW + 24 * HOUR,
  state: 'valid',
};

test('the time left is shown in days, then in hours', () => {
  const texts = [60 * 24, 24, 23, 1, 0, -5, -72].map((hours) => left(hours * HOUR));
  assert.deepEqual(texts, [
    '60 days',
    '1 day',
    '23 hours',
    '1 hour',
    'expired 0 hours ago',
    'expired 5 hours ago',
    'expired 3 days ago',
  ]);
});

test('names in certificates and reasons become no markup', () => {
  const evil = '"><script>alert(1)</script>';
  const list = [{ ...ONE, names: [evil, evil], subject: evil, file: evil, service: evil }];
  const { text } = certificatesSection({ problem: evil, total: 1, list }, NOW);
  assert.doesNotMatch(text, /<script/);
  assert.equal(text.split('&lt;script&gt;').length - 1, 5);
});

test('no more than fifty are listed, and the total is shown', () => {
  const list = Array.from({ length: 60 }, () => ONE);
  const { text } = certificatesSection({ problem: undefined, total: 5000, list }, NOW);
  assert.equal(text.split('a.example').length - 1, 50);
  assert.match(text, /50 of 5,000/);
  assert.equal(certificatesSection(undefined, NOW).text, '');
});
