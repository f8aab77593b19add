import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../backend/balance/testing.ts';
import { connectionOf } from '../rules/testing.ts';
import { WireRequest } from './request-facts.ts';
import { parseRequestHead } from './request-head.ts';
import { limits } from './testing.ts';

const NAMES = ['host', 'cookie', 'x-forwarded-for', 'x-a', 'x-b', 'x_forwarded_for'];
const TEXT = 'GET / HTTP/1.1\r\nHost: a\r\nCookie: b=c\r\nX-A: 1\r\nX-a: 2\r\n\r\n';

test('a header that was read before an edit is what it is after it', () => {
  const random = seededRandom(5);
  const one = (): string => NAMES[Math.floor(random() * NAMES.length)] ?? '';
  for (let round = 0; round < 2000; round += 1) {
    const head = parseRequestHead(TEXT, limits);
    assert.ok(!('refused' in head));
    const request = new WireRequest(connectionOf(), head);
    for (let step = 0; step < 12; step += 1) {
      const [name, which] = [one(), Math.floor(random() * 5)];
      if (which === 0) request.edit().set(name, `${step}`);
      else if (which === 1) request.edit().add(name, `${step}`);
      else if (which === 2) request.edit().remove(name);
      else if (which === 3) request.edit().replace(name, (value) => (random() < 0.3 ? null : `${value}.`));
      const read = one();
      const expected = request.edits?.values(read) ?? request.head.lines.values(read);
      assert.deepEqual(request.header(read), expected, `${read} after ${step} steps`);
    }
  }
});
