import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Load } from '../model/state.ts';
import { SharedLoads, type LoadChanges } from './shared-loads.ts';

const NOTHING: Load = { current: 0, queued: 0, sessions: 0, requests: 0, maxconn: 0, maxqueue: 0 };

test('a worker reports what has changed every 20 ms, and what is nothing any more', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const now = new Map<string, Load>([['backend b', { ...NOTHING, current: 2 }]]);
  const said: unknown[] = [];
  const loads = new SharedLoads({ read: () => new Map(now), number: 1, say: (changes) => said.push(changes) > 0 });
  loads.follow(true);
  t.mock.timers.tick(100);
  now.set('server b/s', { ...NOTHING, maxconn: 5 });
  t.mock.timers.tick(20);
  now.delete('backend b');
  t.mock.timers.tick(20);
  loads.follow(false);
  now.clear();
  t.mock.timers.tick(100);
  assert.deepEqual(said, [
    { 'backend b': { ...NOTHING, current: 2 } },
    { 'server b/s': { ...NOTHING, maxconn: 5 } },
    { 'backend b': null },
  ]);
});

test('what others have is added up, without what this process has itself and without those that ended', () => {
  const loads = new SharedLoads({ read: () => new Map(), number: 2, say: () => true });
  const of = (current: number, queued: number): LoadChanges => ({ 'backend b': { ...NOTHING, current, queued } });
  loads.assume([
    [1, of(3, 1)],
    [2, of(100, 100)],
    [3, of(4, 0)],
  ]);
  assert.deepEqual(loads.ofOthers('backend b'), { ...NOTHING, current: 7, queued: 1 });
  loads.heard(of(5, 0), 3);
  loads.heard(undefined, 1);
  assert.deepEqual(loads.ofOthers('backend b'), { ...NOTHING, current: 5 });
  assert.deepEqual(loads.ofOthers('backend c'), NOTHING);
});

test('the primary passes on what it hears, and hands it to a worker that starts', () => {
  const said: unknown[] = [];
  const primary = new SharedLoads({
    read: () => new Map(),
    number: 0,
    say: (changes, from) => said.push([from, changes]) > 0,
  });
  const load = { ...NOTHING, current: 1 };
  primary.heard({ 'frontend f': load }, 1);
  primary.heard({ 'frontend f': load }, 2);
  primary.heard(undefined, 2);
  assert.deepEqual(said, [
    [1, { 'frontend f': load }],
    [2, { 'frontend f': load }],
    [2, undefined],
  ]);
  assert.deepEqual(primary.handOn(), [[1, { 'frontend f': load }]]);
});
