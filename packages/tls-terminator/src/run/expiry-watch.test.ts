import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateFacts, Snapshot } from '../model/snapshot.ts';
import { serviceOf, tcp } from '../service/fixtures/service.ts';
import { ExpiryWatch, expiryState } from './expiry-watch.ts';

const DAY = 86_400_000;
const at = (day: number): Date => new Date(day * DAY);

function facts(file: string, until: number): CertificateFacts {
  const names = { subject: `CN=${file}`, names: [], fingerprint256: file, keyAlgorithm: '', signatureAlgorithm: '' };
  return { file, ...names, notBefore: at(0), notAfter: at(until) };
}

function servicesOf(all: readonly CertificateFacts[]): Pick<Snapshot, 'services'> {
  const certificates = all.map((each) => ({ keyPem: '', certPem: '', facts: each, staple: undefined }));
  const service = serviceOf({ connects: [tcp(1)] });
  return { services: [{ ...service, tls: { ...service.tls, certificates } }] };
}

for (const [day, state] of [
  [0, 'valid'],
  [59, 'valid'],
  [61, 'expiring'],
  [89, 'expiring'],
  [90, 'expired'],
] as const)
  test(`a certificate of 90 days is ${state} on day ${day}`, () =>
    assert.equal(expiryState(facts('a', 90), day * DAY), state));

test('those that end soon are named once a day, the nearest first, and no more than twenty', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const said: string[] = [];
  const watch = new ExpiryWatch(() => 70 * DAY);
  t.after(() => watch.end());
  const many = Array.from({ length: 25 }, (_, index) => facts(`m${index}`, 100));
  watch.follow(servicesOf([facts('late', 90), facts('gone', 60), facts('fine', 900), ...many]), {
    log: (severity, text) => said.push(`${severity} ${text}`),
  });
  t.mock.timers.tick(DAY - 1);
  assert.deepEqual(said, []);
  t.mock.timers.tick(1);
  assert.equal(said.length, 21);
  assert.match(said[0] ?? '', /^err certificate gone \(CN=gone\) expired 10 days ago/);
  assert.match(said[1] ?? '', /^warning certificate late \(CN=late\) expires in 20 days/);
  assert.match(said[20] ?? '', /^warning 7 more certificates expire soon/);
  t.mock.timers.tick(DAY);
  assert.equal(said.length, 42);
});
