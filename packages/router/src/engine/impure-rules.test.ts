import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engines } from '../run/engines.ts';
import { startBench } from './testing.ts';

const names = ['wire', 'http-proxy'] as const satisfies readonly (keyof typeof engines)[];
const request = 'GET /same HTTP/1.1\r\nHost: a.test\r\n\r\n';

/** The statuses of the same request, sent three times on one connection. */
async function statuses(
  t: Parameters<typeof startBench>[0],
  options: Parameters<typeof startBench>[2],
): Promise<readonly string[]> {
  const bench = await startBench(t, () => undefined, options);
  const client = await bench.open();
  for (let count = 1; count <= 3; count += 1) {
    client.send(request);
    await client.expect(new RegExp(`(?:HTTP/1\\.1 [0-9]{3}[^]*){${count}}`));
  }
  return [...client.text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status = '']) => status);
}

for (const engine of names) {
  test(`${engine}: a rule on chance decides anew when the same request comes again`, async (t) => {
    const drawn = [0.9, 0.1, 0.9];
    const seen = await statuses(t, {
      engine,
      frontend: ['http-request return status 204 if { rand(2) 0 }', 'http-request return status 201'],
      world: { random: () => drawn.shift() ?? 0 },
    });
    assert.deepEqual(seen, ['201', '204', '201']);
  });

  test(`${engine}: a rule on the clock decides anew when the same request comes again`, async (t) => {
    let second = 9;
    const seen = await statuses(t, {
      engine,
      frontend: ['http-request return status 204 if { date gt 10 }', 'http-request return status 201'],
      world: { now: () => (second += 1) * 1_000_000 },
    });
    assert.deepEqual(seen, ['201', '204', '204']);
  });

  test(`${engine}: a variable of the connection outlives its request, one of the exchange does not`, async (t) => {
    const seen = async (scope: string): Promise<readonly string[]> =>
      statuses(t, {
        engine,
        frontend: [
          `http-request return status 204 if { var(${scope}.seen) -m found }`,
          `http-request return status 201 if { path,set-var(${scope}.seen) -m found }`,
        ],
      });
    assert.deepEqual(await seen('sess'), ['201', '204', '204']);
    assert.deepEqual(await seen('proc'), ['201', '204', '204']);
    assert.deepEqual(await seen('txn'), ['201', '201', '201']);
  });
}
