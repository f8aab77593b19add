import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorAnswer, hasErrorAnswer, isErrorAnswer } from './error-answers.ts';

/** Measured on HAProxy 2.6.12; 414 and 431 have no counterpart there. */
const lengths: Readonly<Record<number, number>> = {
  200: 58,
  400: 90,
  401: 112,
  403: 93,
  404: 83,
  405: 146,
  407: 112,
  408: 110,
  410: 114,
  413: 106,
  421: 104,
  422: 116,
  425: 80,
  429: 117,
  500: 97,
  501: 136,
  502: 107,
  503: 107,
  504: 92,
};

for (const [status, length] of Object.entries(lengths)) {
  test(`the ${status} page is ${length} bytes long, as HAProxy's`, () => {
    const answer = errorAnswer(Number(status));
    assert.equal(answer.status, Number(status));
    assert.equal(Buffer.byteLength(answer.body), length);
  });
}

test('the 400 page is the one HAProxy sends, byte for byte', () => {
  assert.deepEqual(errorAnswer(400), {
    status: 400,
    reason: 'Bad request',
    headers: [
      ['cache-control', 'no-cache'],
      ['content-type', 'text/html'],
    ],
    body: '<html><body><h1>400 Bad request</h1>\nYour browser sent an invalid request.\n</body></html>\n',
    close: true,
  });
});

test('only pages of what leaves a request half read close the connection', () => {
  const closing = [...Object.keys(lengths), '414', '431'].filter((status) => errorAnswer(Number(status)).close);
  assert.deepEqual(closing.toSorted(), ['400', '408', '414', '431']);
});

test('a status without a page gets the page of 500', () => {
  assert.equal(hasErrorAnswer(418), false);
  assert.equal(errorAnswer(418).status, 500);
});

test('a built-in page is told from an answer that looks like it', () => {
  assert.equal(isErrorAnswer(errorAnswer(403)), true);
  assert.equal(isErrorAnswer({ ...errorAnswer(403) }), false);
});
