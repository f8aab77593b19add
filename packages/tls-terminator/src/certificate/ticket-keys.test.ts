import assert from 'node:assert/strict';
import test from 'node:test';
import { loadTicketKeys } from './ticket-keys.ts';

const line = (fill: number, length = 48): string => Buffer.alloc(length, fill).toString('base64');

/** The first bytes of the keys, the one in use first; or what is wrong. */
async function loaded(text: string): Promise<readonly (number | undefined)[] | string | undefined> {
  const { keys, findings } = await loadTicketKeys('keys', async () => ({
    data: Buffer.from(text),
    worldAccessible: false,
  }));
  return findings.length > 0 ? findings[0]?.message : keys.map(([first]) => first);
}

for (const [title, text, expected] of [
  ['one key is in use', line(1), [1]],
  ['of two the last', `${line(1)}\n${line(2)}\n`, [2, 1]],
  ['of three the one in the middle, as in HAProxy', [1, 2, 3].map((key) => line(key)).join('\n'), [2, 1, 3]],
  ['of more than three the last three count', [1, 2, 3, 4, 5].map((key) => line(key)).join('\r\n\r\n'), [4, 3, 5]],
  ['keys of 80 bytes count as well', line(1, 80), [1]],
  ['an empty file', '\n\n', "it is empty; 'openssl rand -base64 48' makes a line"],
  [
    '47 bytes',
    `${line(1)}\n${line(1, 47)}`,
    "line 2 is not 48 or 80 bytes in base64; 'openssl rand -base64 48' makes one",
  ],
  [
    'base64 with something else in it',
    `${line(1)} x`,
    "line 1 is not 48 or 80 bytes in base64; 'openssl rand -base64 48' makes one",
  ],
] as const)
  test(`keys of session tickets: ${title}`, async () => assert.deepEqual(await loaded(text), expected));
