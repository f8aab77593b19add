/** The course of `npm run bench -- --only change`, shorter: reloads under traffic. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureEvent } from '../../bench/change/events.ts';
import { measure, type Course } from '../../bench/change/measure.ts';
import { subjects, type SubjectName } from '../../bench/change/subjects.ts';
import { missingCommands } from '../../bench/machine.ts';
import { together } from '../support/scenario.ts';
import { TempDir } from '../support/temp.ts';

const course: Course = {
  sockets: 20,
  interval: 100,
  rate: 50,
  storm: 10,
  reloads: 20,
  warm: 0,
  pause: 200,
  renewed: 2,
};

together('change', () => {
  for (const name of ['router', 'router-http-proxy', 'haproxy'] as const satisfies SubjectName[]) {
    const subject = subjects[name];
    const missing = missingCommands(subject.needs);
    const skip = missing.length > 0 && `not installed: ${missing.join(', ')}`;
    test(`${subject.title}: reloads under traffic refuse no connection and cut no WebSocket`, { skip }, async (t) => {
      const { tally, reported, processes } = await measure(subject, course, new TempDir(t).path);
      assert.equal(tally.refused, 0);
      assert.deepEqual(tally.cut, {});
      assert.equal(tally.unanswered, 0);
      assert.ok(tally.requests > 100 && tally.messages > 200, JSON.stringify(tally));
      // HAProxy's old processes close keep-alive connections that may just have been used.
      if (name === 'haproxy') return;
      assert.deepEqual(tally.lost, {});
      assert.equal(processes, 1);
      assert.ok(reported !== undefined && reported > course.reloads / 2, `${reported} reloads`);
    });
  }

  test('deploys under traffic lose no request and cut no WebSocket', async (t) => {
    const { tally } = await measureEvent('deploys', course, new TempDir(t).path);
    assert.ok(tally.requests > 100);
    const { lost, refused, unanswered, cut } = tally;
    assert.deepEqual({ lost, refused, unanswered, cut }, { lost: {}, refused: 0, unanswered: 0, cut: {} });
  });
});
