import assert from 'node:assert/strict';
import test from 'node:test';
import { newServerCounters } from './counters.ts';
import { addCounters, plainCounters, showCounters, withoutNow } from './sums.ts';

function counted(requests: number, mean: number): ReturnType<typeof newServerCounters> {
  const counters = newServerCounters(0);
  counters.requests = requests;
  counters.responses[2] = requests;
  counters.totalTime.sum = mean * requests;
  counters.totalTime.most = mean * 2;
  counters.mostSessions = requests;
  counters.open = 3;
  counters.failedChecks = 9;
  counters.latency.counts[0] = requests;
  for (let one = 0; one < requests; one += 1) counters.sessionRate.add(100);
  return counters;
}

test('the primary shows counts added, the greatest maximum, rates added, and means weighted by requests', () => {
  const [one, other] = [plainCounters(counted(10, 4), 100), plainCounters(counted(30, 8), 100)];
  const shown = newServerCounters(0);
  shown.failedChecks = 1;
  showCounters(shown, addCounters(one, other));
  assert.equal(shown.requests, 40);
  assert.equal(shown.responses[2], 40);
  assert.equal(shown.mostSessions, 30);
  assert.equal(shown.totalTime.sum / 40, 7);
  assert.equal(shown.totalTime.most, 16);
  assert.equal(shown.latency.counts[0], 40);
  assert.equal(shown.sessionRate.read(100), 40);
  assert.equal(shown.open, 6);
  assert.equal(shown.failedChecks, 1, 'the primary checks by itself');
});

test('what a worker had open ends with it, and what it counted stays', () => {
  const left = withoutNow(plainCounters(counted(10, 4), 100));
  assert.equal(left['open'], 0);
  assert.equal(left['requests'], 10);
  assert.deepEqual(left['sessionRate'], { rate: 0, most: 10 });
});
