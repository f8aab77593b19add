import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { settled, until } from '../../../../test/support/until.ts';
import { OpenSsl } from '../certificate/fixtures/openssl.ts';
import type { AcmeCertificate } from '../model/acme.ts';
import { Challenges } from './challenges.ts';
import { FakeAuthority } from './fixtures/authority.ts';
import { FakeClock } from './fixtures/clock.ts';
import { Keepers } from './keepers.ts';

const FAR = { start: '2027-01-01T00:00:00Z', end: '2027-01-02T00:00:00Z' };
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Keeps what is logged. */
class Lines {
  readonly all: string[] = [];

  log(_severity: string, message: string): void {
    this.all.push(message);
  }

  has(pattern: RegExp): void {
    assert.ok(
      this.all.some((line) => pattern.test(line)),
      `${String(pattern)} in ${this.all.join('\n')}`,
    );
  }
}

interface Rig {
  readonly authority: FakeAuthority;
  readonly clock: FakeClock;
  readonly keepers: Keepers;
  readonly lines: Lines;
  readonly wanted: AcmeCertificate;
  readonly renewed: string[];
  readonly leaf: () => X509Certificate;
  /** Lets time pass, for the authority too. */
  readonly pass: (milliseconds: number) => Promise<void>;
}

function rigOf(
  t: TestContext,
  prepare: (authority: FakeAuthority) => void = () => {},
  more: Partial<AcmeCertificate> = {},
  applied: Promise<void> = Promise.resolve(),
): Rig {
  const openssl = new OpenSsl();
  const authority = new FakeAuthority(openssl);
  prepare(authority);
  const clock = new FakeClock(authority.now);
  const lines = new Lines();
  const renewed: string[] = [];
  const keepers = new Keepers({
    challenges: new Challenges(),
    clock,
    chance: () => 0.5,
    transports: () => authority.transport,
    renewed: (file) => {
      renewed.push(file);
      return applied;
    },
  });
  t.after(async () => {
    await keepers.end();
    openssl.remove();
  });
  const store = join(openssl.directory, 'store');
  const wanted: AcmeCertificate = {
    at: { file: 'test', line: 1, column: 1 },
    name: 'a.test',
    names: ['a.test'],
    file: join(store, 'certificates/a.test.pem'),
    store,
    directory: authority.directory,
    contact: [],
    challenge: 'tls-alpn-01',
    dnsCommand: undefined,
    dnsWait: 0,
    profile: undefined,
    key: 'ec-256',
    external: undefined,
    authorities: undefined,
    accountKey: undefined,
    http: undefined,
    initial: undefined,
    renewAfter: 2 / 3,
    ...more,
  };
  keepers.follow([wanted], lines);
  const pass = (milliseconds: number): Promise<void> => clock.pass(milliseconds, (now) => (authority.now = now));
  return {
    authority,
    clock,
    keepers,
    lines,
    wanted,
    renewed,
    pass,
    leaf: () => new X509Certificate(readFileSync(wanted.file)),
  };
}

test('a certificate is obtained, and renewed after two thirds of its lifetime', async (t) => {
  const { clock, renewed, leaf, pass, authority, wanted } = rigOf(t);
  await clock.idle();
  assert.equal(renewed.length, 1);
  assert.equal(statSync(wanted.file).mode & 0o777, 0o600);
  const first = leaf();
  await pass(58 * DAY);
  assert.equal(leaf().fingerprint256, first.fingerprint256);
  await pass(2 * DAY);
  assert.notEqual(leaf().fingerprint256, first.fingerprint256);
  assert.equal(authority.orders.length, 2);
  assert.equal(authority.accounts, 1);
});

test('a certificate that lives six days is renewed every four', async (t) => {
  const { clock, authority, pass } = rigOf(
    t,
    (each) => {
      each.lifetimeDays = 6;
      each.profiles = { shortlived: 'six days' };
    },
    { profile: 'shortlived' },
  );
  await clock.idle();
  await pass(30 * DAY);
  assert.ok(authority.orders.length >= 7 && authority.orders.length <= 9, String(authority.orders.length));
  assert.ok(authority.orders.every(({ profile }) => profile === 'shortlived'));
});

test('the authority suggests when to renew (ARI), and is told what is replaced', async (t) => {
  const { clock, authority, pass, lines } = rigOf(t, (each) => {
    each.windows = [{ start: '2026-01-10T00:00:00Z', end: '2026-01-12T00:00:00Z' }, FAR];
  });
  await clock.idle();
  await pass(9 * DAY);
  assert.equal(authority.orders.length, 1);
  await pass(2 * DAY);
  assert.equal(authority.orders.length, 2);
  lines.has(/the authority suggests renewal between 2026-01-10T00:00:00Z and .*: 2026-01-11T00:00:00/);
  assert.match(String(authority.orders[1]?.['replaces']), /^[\w-]{27}\.[\w-]+$/);
});

test('a window that is brought forward, for a certificate that is to be revoked, is followed within hours', async (t) => {
  const { clock, authority, pass } = rigOf(t, (each) => {
    each.windows = [{ start: '2026-03-01T00:00:00Z', end: '2026-03-02T00:00:00Z' }, FAR];
  });
  await clock.idle();
  await pass(3 * DAY);
  authority.windows = [{ start: '2026-01-03T00:00:00Z', end: '2026-01-03T01:00:00Z' }, FAR];
  await pass(8 * HOUR);
  assert.equal(authority.orders.length, 2);
});

test('what was replaced already is ordered without saying so', async (t) => {
  const { clock, authority, pass, leaf } = rigOf(t, (each) => {
    each.windows = [{ start: '2026-01-10T00:00:00Z', end: '2026-01-11T00:00:00Z' }, FAR];
  });
  await clock.idle();
  const first = leaf().fingerprint256;
  authority.hasReplaced = true;
  await pass(11 * DAY);
  assert.notEqual(leaf().fingerprint256, first);
});

test('while the authority is away the certificate that works stays, and attempts become rare', async (t) => {
  const { clock, authority, pass, leaf, lines } = rigOf(t);
  await clock.idle();
  const first = leaf().fingerprint256;
  authority.away = true;
  await pass(65 * DAY);
  assert.equal(leaf().fingerprint256, first);
  const failures = lines.all.filter((line) => line.includes('not renewed'));
  // A minute, ten, a hundred, then days.
  assert.ok(failures.length >= 6 && failures.length <= 10, String(failures.length));
  lines.has(/not renewed: .*ECONNREFUSED; the present one is valid until 2026-04-01/);
  authority.away = false;
  await pass(2 * DAY);
  assert.notEqual(leaf().fingerprint256, first);
});

test('Retry-After of a rate limit is obeyed', async (t) => {
  const { clock, authority, pass, lines } = rigOf(t, (each) => {
    each.refusals.set('new-order', {
      status: 429,
      type: 'rateLimited',
      detail: 'too many',
      headers: { 'retry-after': '36000' },
    });
  });
  await clock.idle();
  lines.has(/not obtained: too many \(rateLimited\); there is none yet; next attempt 2026-01-01T10/);
  await pass(9 * HOUR);
  assert.equal(authority.asked.filter((path) => path === 'new-order').length, 1);
  authority.refusals.clear();
  await pass(3 * HOUR);
  assert.equal(authority.orders.length, 1);
});

test('a clock that is wrong by years does not use up what the authority allows', async (t) => {
  const { clock, authority } = rigOf(t);
  await clock.idle();
  // The authority stays in the present.
  await clock.pass(80 * DAY);
  assert.ok(authority.orders.length < 50, String(authority.orders.length));
});

test('a profile that the authority has not is named, before anything is ordered', async (t) => {
  const { clock, authority, lines } = rigOf(t, (each) => (each.profiles = { classic: '', tlsserver: '' }), {
    profile: 'short',
  });
  await clock.idle();
  lines.has(/the authority has no profile 'short'; it has classic, tlsserver;/);
  assert.equal(authority.orders.length, 0);
});

test('what cannot be served is never put in the place of what can', async (t) => {
  const { clock, authority, pass, leaf, lines } = rigOf(t);
  await clock.idle();
  const first = leaf().fingerprint256;
  authority.refusals.set('certificate', { status: 200, detail: 'not a certificate' });
  await pass(61 * DAY);
  assert.equal(leaf().fingerprint256, first);
  lines.has(/not renewed: what was issued cannot be served/);
});

test('an account that the authority has lost is registered again with its key', async (t) => {
  const { clock, authority, pass } = rigOf(t);
  await clock.idle();
  authority.refusals.set('account', { status: 400, type: 'accountDoesNotExist' });
  await pass(61 * DAY);
  assert.equal(authority.orders.length, 2);
  assert.equal(authority.accounts, 1);
});

test('a certificate for an IPv6 address is kept, though authorities write the address in full', async (t) => {
  const { clock, renewed, lines, authority, pass } = rigOf(t, undefined, { names: ['a.test', '2001:db8::1'] });
  await clock.idle();
  assert.deepEqual([renewed.length, lines.all.filter((line) => line.includes('not obtained'))], [1, []]);
  await pass(DAY);
  assert.equal(authority.orders.length, 1);
});

test('other names are ordered at once, and the old certificate serves meanwhile', async (t) => {
  const { clock, authority, keepers, wanted, lines, leaf } = rigOf(t);
  await clock.idle();
  const first = leaf().fingerprint256;
  authority.away = true;
  keepers.follow([{ ...wanted, names: ['a.test', 'www.a.test'] }], lines);
  await clock.idle();
  assert.equal(leaf().fingerprint256, first);
  lines.has(/not renewed/);
});

test('the end does not wait for a configuration that is never applied, as when the start fails', async (t) => {
  const { keepers, renewed } = rigOf(t, undefined, {}, new Promise<void>(() => {}));
  await until('the certificate', () => renewed.length === 1);
  await settled('the end', keepers.end());
});
