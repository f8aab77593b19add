import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Algorithm } from '../model/compression.ts';
import { announceCompression, chosenAlgorithm, mayCompress } from './compression.ts';
import { HeadEdits } from './head-edits.ts';
import { parseResponseHead, type ResponseHead } from './response-head.ts';

const OFFERED: readonly Algorithm[] = ['deflate', 'gzip'];

function chosen(accepted: readonly string[], agent?: string, offered = OFFERED): Algorithm | undefined {
  return chosenAlgorithm(offered, (name) =>
    name === 'accept-encoding' ? accepted : agent === undefined ? [] : [agent],
  );
}

const choices: readonly (readonly [accepted: readonly string[], algorithm: Algorithm | undefined])[] = [
  [[], undefined],
  [['gzip'], 'gzip'],
  [['GZIP'], 'gzip'],
  [['x-gzip'], undefined],
  [['gzip;q=0'], undefined],
  [['gzip;q=0.0'], undefined],
  [['gzip;q=0.001'], 'gzip'],
  [['gzip;q=0.5', 'deflate;q=0.8'], 'deflate'],
  [['gzip, deflate'], 'gzip'],
  [['*'], 'deflate'],
  [['*;q=0'], undefined],
  [['br, zstd'], undefined],
  [['gzip;level=1;q=0.3'], 'gzip'],
  [['gzip;q=x'], undefined],
  [[';;;,,q=1'], undefined],
];
for (const [accepted, algorithm] of choices)
  test(`Accept-Encoding ${JSON.stringify(accepted)} chooses ${algorithm}`, () =>
    assert.equal(chosen(accepted), algorithm));

test('identity needs no word of the client, and the algorithms of ours go by their codings', () => {
  assert.equal(chosen([], undefined, ['gzip', 'identity']), 'identity');
  assert.equal(chosen(['br'], undefined, ['gzip', 'br', 'zstd']), 'br');
  assert.equal(chosen(['zstd, br;q=0.9'], undefined, ['gzip', 'br', 'zstd']), 'zstd');
  assert.equal(chosen(['deflate'], undefined, ['raw-deflate']), 'raw-deflate');
});

test('old browsers that say they can decompress cannot', () => {
  assert.equal(chosen(['gzip'], 'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)'), undefined);
  assert.equal(chosen(['gzip'], 'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)'), 'gzip');
  assert.equal(chosen(['gzip'], 'Mozilla/4.0 (compatible; MSIE 7.0)'), 'gzip');
  assert.equal(chosen(['gzip'], 'Mozilla/4.76'), undefined);
});

function headOf(fields: string, status = 200): ResponseHead {
  const head = parseResponseHead(`HTTP/1.1 ${status} OK\r\n${fields}\r\n`, 'GET', {
    maxHeadBytes: 15_360,
    maxHeaders: 100,
  });
  assert.ok(!('refused' in head));
  return head;
}

const SIZED = 'Content-Length: 10\r\nContent-Type: text/html\r\n';
const bodies: readonly (readonly [fields: string, may: boolean, status?: number])[] = [
  [SIZED, true],
  ['Transfer-Encoding: chunked\r\nContent-Type: text/html\r\n', true],
  [SIZED, false, 404],
  [SIZED, false, 206],
  ['Content-Type: text/html\r\n', false],
  ['Content-Length: 0\r\nContent-Type: text/html\r\n', false],
  [`${SIZED}Content-Encoding: br\r\n`, false],
  [`${SIZED}Cache-Control: public, No-Transform\r\n`, false],
  [`${SIZED}Cache-Control: no-transformers\r\n`, true],
  [`${SIZED}ETag: "a"\r\n`, true],
  [`${SIZED}ETag: W/"a"\r\n`, true],
  [`${SIZED}ETag: a\r\n`, false],
  [`${SIZED}ETag: "a"\r\nETag: "a"\r\n`, false],
  ['Content-Length: 10\r\nContent-Type: image/png\r\n', false],
  ['Content-Length: 10\r\nContent-Type: TEXT/HTML; charset=x\r\n', true],
  ['Content-Length: 10\r\nContent-Type: multipart/mixed\r\n', false],
  ['Content-Length: 10\r\n', false],
];
for (const [fields, may, status] of bodies)
  test(`${status ?? 200} with ${JSON.stringify(fields)} ${may ? 'may' : 'may not'} be compressed`, () => {
    const head = headOf(fields, status);
    const settings = { algorithms: OFFERED, types: ['text/', 'multipart/'], offload: false };
    assert.equal(
      mayCompress(head, (name) => head.lines.values(name), settings),
      may,
    );
  });

test('the head of a compressed response has chunks, a coding, a weak tag, and says what it varies by', () => {
  const head = headOf(`${SIZED}ETag: "a"\r\nVary: Origin\r\n`);
  const edits = new HeadEdits(head.lines);
  assert.equal(announceCompression(edits, 'raw-deflate'), true);
  const { names, values } = edits.fields();
  assert.deepEqual(
    names.map((name, at) => `${name}: ${values[at]}`),
    [
      'content-type: text/html',
      'etag: W/"a"',
      'vary: Origin',
      'transfer-encoding: chunked',
      'content-encoding: deflate',
      'vary: Accept-Encoding',
    ],
  );
});

test('a head without room for that keeps the framing of its body', () => {
  const head = headOf(`${SIZED}ETag: "a"\r\n`);
  for (let room = 0; room < 80; room += 1) {
    const edits = new HeadEdits(head.lines, head.lines.length + room);
    if (announceCompression(edits, 'deflate')) continue;
    assert.deepEqual([edits.values('content-length'), edits.values('etag')], [['10'], ['"a"']], `${room}`);
    assert.deepEqual(edits.describe(), [], `${room}`);
  }
});
