import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import type { Algorithm } from '../model/compression.ts';
import { Compressor, compressorsHold } from './compressor.ts';

const LIMITS = { level: 1, memory: 100_000_000, rate: 0 };
const READERS: Readonly<Record<Algorithm, (bytes: Buffer) => Buffer>> = {
  identity: (bytes) => bytes,
  gzip: gunzipSync,
  deflate: inflateSync,
  'raw-deflate': inflateRawSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
};

function started(algorithm: Algorithm, slow = false) {
  const pieces: Buffer[] = [];
  const ended = Promise.withResolvers<void>();
  const drained = Promise.withResolvers<void>();
  const compressor = Compressor.start(algorithm, LIMITS, {
    compressed: (bytes) => pieces.push(Buffer.from(bytes)) < 0 || !slow,
    compressionEnded: () => ended.resolve(),
    compressorDrained: () => drained.resolve(),
    compressionFailed: () => ended.reject(new Error('failed')),
  });
  assert.ok(compressor);
  return { compressor, pieces, ended: ended.promise, drained: drained.promise };
}

for (const algorithm of Object.keys(READERS) as Algorithm[]) {
  test(`${algorithm}: what comes out is the same, and each piece comes without the next`, async () => {
    const { compressor, pieces, ended } = started(algorithm);
    const lent = Buffer.from('first ');
    compressor.write(lent);
    lent.fill(0);
    while (pieces.length === 0) await new Promise((resolve) => setImmediate(resolve));
    compressor.write(Buffer.from('second'));
    compressor.end();
    await ended;
    assert.equal(READERS[algorithm](Buffer.concat(pieces)).toString(), 'first second');
    assert.equal(compressorsHold(), 0);
  });
}

test('a slow user stops the one that writes, and nothing is lost', async () => {
  const { compressor, pieces, ended, drained } = started('gzip', true);
  const piece = Buffer.from(Array.from({ length: 20_000 }, () => Math.floor(Math.random() * 256)));
  let written = 0;
  while (compressor.write(piece)) {
    written += 1;
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(written < 100, 'it should have said that it is full');
  }
  written += 1;
  const timer = setInterval(() => compressor.resume(), 1);
  await drained;
  compressor.end();
  await ended;
  clearInterval(timer);
  assert.equal(gunzipSync(Buffer.concat(pieces)).length, written * piece.length);
});

test('no compressor begins where the memory for it is spent, or the rate of the second', () => {
  const user = { compressed: () => true, compressionEnded() {}, compressorDrained() {}, compressionFailed() {} };
  assert.equal(Compressor.start('gzip', { ...LIMITS, memory: 200_000 }, user), undefined);
  const one = Compressor.start('gzip', { ...LIMITS, memory: 500_000 }, user);
  assert.ok(one);
  assert.equal(Compressor.start('gzip', { ...LIMITS, memory: 500_000 }, user), undefined);
  one.write(Buffer.alloc(2000));
  assert.equal(Compressor.start('deflate', { ...LIMITS, rate: 1 }, user), undefined);
  one.destroy();
  one.destroy();
  assert.equal(compressorsHold(), 0);
});
