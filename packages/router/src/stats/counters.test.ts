import assert from 'node:assert/strict';
import test from 'node:test';
import { addSample, average } from './average.ts';
import { clearCounters, downtime, newFrontendCounters, newServerCounters, noteState } from './counters.ts';
import { countLatency, newLatency, quantile } from './latency.ts';

test('a rate remembers the most events of one second', () => {
  const { requestRate } = newFrontendCounters(1000);
  for (let event = 0; event < 5; event += 1) requestRate.add(1100);
  for (let event = 0; event < 3; event += 1) requestRate.add(2100);
  assert.equal(requestRate.most, 5);
  assert.equal(requestRate.read(2500), 3 + Math.floor(5 / 2));
  assert.equal(requestRate.read(6000), 0);
});

test('the average of few samples is their own, and of many that of the last 512', () => {
  const counter = { sum: 0, most: 0 };
  addSample(counter, 1, 10);
  assert.equal(average(counter, 1), 10);
  addSample(counter, 2, 10);
  assert.ok(average(counter, 2) <= 10);
  for (let count = 3; count < 5000; count += 1) addSample(counter, count, 40);
  assert.equal(average(counter, 5000), 40);
  assert.equal(counter.most, 40);
});

test('downtime grows while a server is down, and a drain is none', () => {
  const counters = newServerCounters(1000);
  noteState(counters, false, 3000);
  assert.equal(downtime(counters, 8000), 5000);
  noteState(counters, true, 9000);
  noteState(counters, true, 20_000);
  assert.equal(downtime(counters, 30_000), 6000);
  assert.equal(counters.downs, 1);
  assert.equal(counters.changed, 20_000);
});

test('clearing takes the maxima back, and only with `all` the rest', () => {
  const counters = newServerCounters(0);
  Object.assign(counters, { sessions: 7, mostSessions: 3, open: 2, tunnels: 1 });
  counters.responses[2] = 9;
  counters.sessionRate.add(0);
  clearCounters(counters, false);
  assert.deepEqual([counters.sessions, counters.mostSessions, counters.sessionRate.most], [7, 0, 0]);
  clearCounters(counters, true);
  assert.deepEqual([counters.sessions, counters.responses[2], counters.open, counters.tunnels], [0, 0, 2, 1]);
  assert.equal(counters.running, true);
});

test('latency is counted in classes, and a quantile is the bound of its class', () => {
  const counter = newLatency();
  assert.equal(quantile(counter, 0.5), -1);
  for (const ms of [1, 3, 3, 3, 3, 3, 3, 3, 3, 70_000]) countLatency(counter, ms);
  assert.equal(quantile(counter, 0.5), 5);
  assert.equal(quantile(counter, 0.99), Infinity);
  assert.equal(
    counter.counts.reduce((sum, count) => sum + count),
    10,
  );
});
