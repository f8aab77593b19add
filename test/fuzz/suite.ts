import assert from 'node:assert/strict';
import test from 'node:test';
import { request } from '../support/client.ts';
import { startBench } from '../support/conformance.ts';
import { ENGINES } from '../support/engines.ts';
import { memoryOf, socketsOf } from '../support/sockets.ts';
import { until } from '../support/until.ts';
import { client, misbehave } from './answers.ts';
import { mutant } from './mutate.ts';
import { fuzzParser } from './parser.ts';
import { cuts, statusesFor } from './pieces.ts';
import { compareReaders } from './heads.ts';
import { compareDecisions } from './rules.ts';
import type { Told } from './pieces.ts';
import { Random } from './random.ts';

/** Concurrent clients: the more, the more chances that one receives another's response. */
const AT_ONCE = 24;
const PATIENCE = 400;
const MEGABYTE = 1 << 20;

/** Registers the fuzz tests, each with `seconds` to run. The seed is printed with every failure: the same seed gives the same cases. */
export function fuzz(seconds: number, seed: number): void {
  const timeout = seconds * 1000 + 60_000;

  test(`requests: what we accept Node's parser reads the same way (seed ${seed})`, { timeout }, async (t) => {
    const { cases, accepted, findings } = await fuzzParser(seed, performance.now() + seconds * 1000);
    t.diagnostic(`${cases} requests, ${accepted} accepted`);
    assert.ok(accepted > 0);
    assert.deepEqual(findings, []);
  });

  test(`heads: what the fast readers accept the strict parsers read the same way (seed ${seed})`, { timeout }, (t) => {
    const { cases, accepted } = compareReaders(seed, performance.now() + seconds * 1000);
    t.diagnostic(`${cases} heads, ${accepted} accepted by the fast readers`);
    assert.ok(accepted > 0);
  });

  test(`rules: the index excludes none that holds (seed ${seed})`, { timeout }, (t) => {
    const { requests, asked, spared } = compareDecisions(seed, performance.now() + seconds * 1000);
    t.diagnostic(`${requests} requests, ${asked} conditions evaluated, ${spared} excluded`);
    assert.ok(spared > 0);
  });

  test(`requests sent in pieces are the same requests (seed ${seed})`, { timeout }, async (t) => {
    const random = new Random(seed);
    const { origin, port } = await startBench(t, 'wire');
    const tell = async (bytes: Buffer, at: readonly number[]): Promise<Told> => {
      origin.requests.length = 0;
      const statuses = await statusesFor(port, bytes, at);
      return {
        statuses,
        heads: origin.requests
          .filter(({ complete }) => complete)
          .map(({ head }) => head.replace('Connection: close\r\n', '')),
      };
    };
    const end = performance.now() + seconds * 1000;
    let cases = 0;
    while (performance.now() < end) {
      const text = mutant(random);
      const bytes = Buffer.from(text, 'latin1');
      const at = cuts(random, bytes.length);
      assert.deepEqual(await tell(bytes, at), await tell(bytes, []), JSON.stringify({ text, at }));
      cases += 1;
    }
    t.diagnostic(`${cases} requests`);
  });

  for (const engine of ENGINES) {
    test(
      `${engine} engine: no malformed response kills the router, leaks a socket or reaches another client (seed ${seed})`,
      { timeout },
      async (t) => {
        const random = new Random(seed);
        const bench = await startBench(t, engine, {
          frontend: ['timeout client 300ms', 'timeout http-request 300ms'],
          backend: ['timeout server 200ms', 'timeout tunnel 200ms', 'retries 1'],
        });
        // The first request opens what stays open, the socket to the log server.
        await request(`${bench.url}/warm`);
        bench.origin.otherwise = misbehave(random);
        for (const { socket } of bench.origin.server.connections) socket.destroy();
        const idle = await socketsOf(bench.process.pid);
        const before = await memoryOf(bench.process.pid);
        const end = performance.now() + seconds * 1000;
        let id = 0;
        const findings: string[] = [];
        await Promise.all(
          Array.from({ length: AT_ONCE }, async () => {
            while (performance.now() < end && findings.length < 5) {
              const found = await client(bench.port, random, (id += 1), PATIENCE);
              if (found !== undefined) findings.push(found);
            }
          }),
        );
        t.diagnostic(`${id} requests`);
        assert.deepEqual(findings, []);
        assert.ok(bench.process.running, bench.process.output);
        for (const { socket } of bench.origin.server.connections) socket.destroy();
        await until('the sockets to be back', async () => (await socketsOf(bench.process.pid)) <= idle, 15_000);
        assert.ok((await memoryOf(bench.process.pid)) - before < 200 * MEGABYTE);
      },
    );
  }
}
