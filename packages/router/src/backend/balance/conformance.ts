/** Requirements that every algorithm must meet. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BalanceSpec } from '../../model/snapshot.ts';
import { createChooser } from '../balance.ts';
import type { FakeServer } from './testing.ts';
import { request, seededRandom, servers } from './testing.ts';

const REQUESTS = 4000;

export interface Traits {
  readonly spec: BalanceSpec;
  /** The choice is determined by the request, so a full server is still chosen. */
  readonly fromRequest: boolean;
  /** Greatest distance between a server's share and its weight's share; undefined when weights are not followed. */
  readonly tolerance: number | undefined;
}

export function conforms(title: string, { spec, fromRequest, tolerance }: Traits): void {
  const shares =
    tolerance === undefined
      ? []
      : [
          [1, 1, 1],
          [3, 2, 1],
          [10, 1],
          [1, 2],
        ];
  void describe(title, () => {
    for (const weights of shares) {
      void it(`follows the weights ${weights.join('/')}`, () => {
        assertShares(spend(spec, servers(...weights)), tolerance ?? 0);
      });
    }
    if (tolerance !== undefined) {
      void it('follows the weights of those that are left when one is down', () => {
        assertShares(spend(spec, servers(2, 4, 1).toSpliced(1, 1)), tolerance);
      });
    }
    void it('chooses only from the servers it was given', () => {
      const all = servers(1, 1, 1, 1);
      const usable = [all[1], all[3]].filter((server) => server !== undefined);
      for (const server of spend(spec, usable).keys()) assert.ok(usable.includes(server));
    });
    void it('makes the same choices when it starts again', () => {
      const order = () => [...choices(spec, servers(3, 1, 2))].map((server) => server?.id);
      assert.deepEqual(order(), order());
    });
    void it('leaves the server to avoid when there is another, and only then', () => {
      const [one, two] = servers(1, 1);
      assert.ok(one && two);
      for (const server of choices(spec, [one, two], one)) assert.equal(server, two);
      for (const server of choices(spec, [one], one)) assert.equal(server, one);
    });
    if (!fromRequest) {
      void it('takes the server to avoid when every other one is full', () => {
        const [one, two] = servers(1, 1);
        assert.ok(one && two);
        two.full = true;
        for (const server of choices(spec, [one, two], one)) assert.equal(server, one);
      });
    }
    void it(
      fromRequest ? 'waits for its choice when that is full' : 'passes over full servers, and says so when all are',
      () => {
        const [one, two] = servers(1, 1);
        assert.ok(one && two);
        one.full = true;
        const chosen = new Set(choices(spec, [one, two]));
        assert.deepEqual(chosen, new Set(fromRequest ? [one, two] : [two]));
        two.full = true;
        for (const server of choices(spec, [one, two])) assert.equal(server === undefined, !fromRequest);
      },
    );
  });
}

/** Makes many different requests, which all stay open, and counts them by server. */
function spend(spec: BalanceSpec, usable: readonly FakeServer[]): Map<FakeServer, number> {
  const counts = new Map(usable.map((server) => [server, 0]));
  for (const server of choices(spec, usable)) {
    assert.ok(server);
    server.load++;
    counts.set(server, (counts.get(server) ?? 0) + 1);
  }
  return counts;
}

function* choices(
  spec: BalanceSpec,
  usable: readonly FakeServer[],
  avoid?: FakeServer,
): Generator<FakeServer | undefined> {
  const chooser = createChooser(spec, usable, seededRandom());
  assert.ok(chooser);
  for (let i = 0; i < REQUESTS; i++) {
    const client = `10.${i % 7}.${(i >> 8) & 255}.${i & 255}`;
    yield chooser.choose(request({ target: `/item/${i}?id=${i}`, client, headers: { 'x-key': [`key-${i}`] } }), avoid);
  }
}

function assertShares(counts: ReadonlyMap<FakeServer, number>, tolerance: number): void {
  const total = [...counts.keys()].reduce((sum, server) => sum + server.weight, 0);
  for (const [server, count] of counts) {
    const distance = Math.abs(count / REQUESTS - server.weight / total);
    assert.ok(
      distance <= tolerance,
      `server ${server.id} got ${count} of ${REQUESTS} with weight ${server.weight} of ${total}`,
    );
  }
}
