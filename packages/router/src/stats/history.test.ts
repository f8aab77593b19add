import assert from 'node:assert/strict';
import test from 'node:test';
import { newFrontendCounters, newProcessCounters } from './counters.ts';
import { Events } from './events.ts';
import { History } from './history.ts';
import type { StatsView } from './view.ts';

test('a history keeps five minutes, and a counter that was cleared is no negative rate', () => {
  const counters = newFrontendCounters(0);
  const frontend = { counters } as NonNullable<StatsView['proxies'][number]['frontend']>;
  const view: StatsView = {
    now: 0,
    proxies: [{ name: 'f', id: 1, frontend, backend: undefined, fullconn: 0 }],
    tables: [],
    certificates: undefined,
    process: { current: 3, counters: newProcessCounters(0) } as StatsView['process'],
  };
  const history = new History();
  for (let second = 0; second < 1000; second += 1) {
    counters.requests += 5;
    history.sample(view, second);
  }
  assert.equal(history.samples.length, 300);
  assert.deepEqual(history.samples.at(-1), {
    at: 999,
    requests: 5,
    bytesIn: 0,
    bytesOut: 0,
    errors: 0,
    p50: -1,
    p99: -1,
    connections: 3,
    tunnels: 0,
    queued: 0,
  });
  counters.requests = 0;
  history.sample(view, 1000);
  assert.equal(history.samples.at(-1)?.requests, 0);
});

test('events are bounded in number and length, and one that repeats is counted', () => {
  const events = new Events();
  for (let n = 0; n < 200; n += 1) events.add('warning', `app/s${n}`, 'x'.repeat(10_000));
  assert.equal(events.list.length, 50);
  assert.equal(events.list[0]?.where, 'app/s199');
  assert.ok(events.list.every(({ text }) => text.length === 300));
  for (let n = 0; n < 100; n += 1) events.add('warning', 'app/s199', 'again');
  assert.deepEqual([events.list.length, events.list[0]?.times], [50, 100]);
});
