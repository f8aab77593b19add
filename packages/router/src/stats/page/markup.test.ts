import assert from 'node:assert/strict';
import test from 'node:test';
import { markup } from './markup.ts';
import { age, bytes, count, duration } from './numbers.ts';

test('values are escaped wherever they stand, and pieces of markup are not', () => {
  const name = `<b a="1" b='2'>&`;
  const { text } = markup`<p title="${name}">${name}${markup`<i>${1}</i>`}${[markup`<u>`, markup`</u>`]}</p>`;
  const safe = '&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;';
  assert.equal(text, `<p title="${safe}">${safe}<i>1</i><u></u></p>`);
});

test('numbers are short', () => {
  assert.deepEqual([0, 1234, 999_999, 1_234_567].map(count), ['0', '1,234', '999,999', '1.23 M']);
  assert.deepEqual([0, 999, 1000, 12_345_678].map(bytes), ['0 B', '999 B', '1.00 kB', '12.3 MB']);
  assert.deepEqual([0, 61_000, 3_600_000, 100_000_000].map(duration), ['0s', '1m 1s', '1h', '1d 3h']);
  assert.deepEqual(
    [0, 61_000, 120_000, 7_205_000, 100_000_000].map(age),
    ['0s', '1m1s', '2m', '2h5s', '1d3h'],
    'as HAProxy prints them',
  );
});
