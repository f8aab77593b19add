import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { after, test, type TestContext } from 'node:test';
import { connect } from 'node:tls';
import { ocspResponse } from '../certificate/fixtures/ocsp.ts';
import { AUTHORITY, OpenSsl, SERVER } from '../certificate/fixtures/openssl.ts';
import { stapledResponse } from '../certificate/staple.ts';
import type { StapleSource } from '../model/staple.ts';
import { Lines } from './fixtures/lines.ts';
import { startService, tcp } from './fixtures/service.ts';
import { Staples } from './staples.ts';

const openssl = new OpenSsl();
after(() => openssl.remove());

const ca = openssl.issue({ name: 'ca', extensions: AUTHORITY });
const leaf = openssl.issue({ name: 'a.test', by: ca, extensions: SERVER('DNS:a.test') });
const certificate = new X509Certificate(leaf.cert);
const issuer = new X509Certificate(ca.cert);
const response = ocspResponse(openssl, ca, leaf.cert);
const HOUR = 3_600_000;

const asking: StapleSource = {
  file: 'a.pem',
  certificate,
  issuer,
  response: undefined,
  responder: 'http://ocsp.test/',
};

function fromFile(): StapleSource {
  const read = stapledResponse(response, { certificate, issuer }, undefined, new Date());
  assert.ok(!('refused' in read));
  return { ...asking, response: read, responder: undefined };
}

interface Rig {
  readonly staples: Staples;
  readonly lines: Lines;
  readonly time: { now: number };
  readonly asked: () => number;
  answer: Buffer | Error;
}

function rigOf(t: TestContext): Rig {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let asked = 0;
  const time = { now: Date.now() };
  const rig: Rig = {
    staples: new Staples({
      now: () => time.now,
      ask: async () => {
        asked += 1;
        if (rig.answer instanceof Error) throw rig.answer;
        return rig.answer;
      },
    }),
    lines: new Lines(),
    time,
    asked: () => asked,
    answer: response,
  };
  t.after(() => rig.staples.end());
  return rig;
}

/** Lets time pass in steps of a minute, and what it sets off be done. */
async function pass(t: TestContext, { time }: Rig, milliseconds: number): Promise<void> {
  for (let left = milliseconds; left > 0; left -= 60_000) {
    time.now += 60_000;
    t.mock.timers.tick(60_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a responder is asked at once, and again before its response ends', async (t) => {
  const rig = rigOf(t);
  rig.staples.follow([asking], rig.lines);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(rig.staples.responseFor(certificate.raw), response);
  assert.equal(rig.staples.responseFor(issuer.raw), undefined);
  await pass(t, rig, 11 * HOUR);
  assert.equal(rig.asked(), 1);
  await pass(t, rig, 2 * HOUR);
  assert.equal(rig.asked(), 2);
});

test('while the responder is away the last response is sent, and none once it has ended', async (t) => {
  const rig = rigOf(t);
  rig.staples.follow([asking], rig.lines);
  await new Promise((resolve) => setImmediate(resolve));
  rig.answer = new Error('status 503');
  await pass(t, rig, 20 * HOUR);
  assert.deepEqual(rig.staples.responseFor(certificate.raw), response);
  await rig.lines.find(/OCSP response for a\.pem: http:\/\/ocsp\.test\/: status 503; the present one is valid until/);
  assert.equal(rig.lines.list.length, 1);
  await pass(t, rig, 5 * HOUR);
  assert.equal(rig.staples.responseFor(certificate.raw), undefined);
  // Ever less often, an hour at most.
  assert.ok(rig.asked() < 30, String(rig.asked()));
});

test('a response of another certificate, or of a stranger, is never sent', async (t) => {
  const rig = rigOf(t);
  rig.answer = ocspResponse(openssl, ca, openssl.issue({ name: 'b', by: ca }).cert);
  rig.staples.follow([asking], rig.lines);
  await rig.lines.find(/it is about another certificate; clients get none/);
  assert.equal(rig.staples.responseFor(certificate.raw), undefined);
});

test('what a responder said is kept when the configuration is applied again', async (t) => {
  const rig = rigOf(t);
  rig.staples.follow([asking], rig.lines);
  await new Promise((resolve) => setImmediate(resolve));
  rig.staples.follow([{ ...asking }], rig.lines);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(rig.asked(), 1);
  assert.deepEqual(rig.staples.responseFor(certificate.raw), response);
  rig.staples.follow([], rig.lines);
  assert.equal(rig.staples.responseFor(certificate.raw), undefined);
});

for (const version of ['TLSv1.2', 'TLSv1.3'] as const)
  test(`a client that asks for the status gets it in ${version}, one that does not is served without`, async (t) => {
    const staples = new Staples();
    t.after(() => staples.end());
    const source = fromFile();
    staples.follow([source], new Lines());
    const tlsOptions = { key: leaf.key, cert: leaf.cert };
    const { port } = await startService(t, {
      connects: [tcp(1)],
      tlsOptions,
      staples: [source],
      staple: (der) => staples.responseFor(der),
    });
    for (const requestOCSP of [true, false]) {
      const client = connect({
        port,
        host: '127.0.0.1',
        servername: 'a.test',
        ca: ca.cert,
        requestOCSP,
        minVersion: version,
        maxVersion: version,
      });
      t.after(() => client.destroy());
      client.on('error', () => {});
      let stapled: Buffer | null | undefined;
      client.on('OCSPResponse', (bytes: Buffer | null) => (stapled = bytes));
      await once(client, 'secureConnect');
      assert.deepEqual(stapled, requestOCSP ? response : undefined);
    }
  });
