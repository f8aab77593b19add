import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { StreamSink } from './stream-sink.ts';

test('the lines of one turn are written at once', async () => {
  const stream = new PassThrough();
  const pieces: string[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(String(piece)));
  const sink = new StreamSink(stream);
  sink.write('a');
  sink.write('b');
  await sink.flush();
  assert.deepEqual(pieces.join(''), 'a\nb\n');
  assert.equal(pieces[0], 'a\nb\n');
});

test('a stalled reader loses the lines beyond the limit, counted, and costs no memory', async () => {
  let taken = '';
  let release: (() => void) | undefined;
  const stream = new Writable({
    write(chunk, _encoding, done) {
      taken += String(chunk);
      release = done;
    },
  });
  const sink = new StreamSink(stream, 1000);
  for (let round = 0; round < 100; round += 1) {
    sink.write('x'.repeat(99));
    await new Promise(setImmediate);
  }
  assert.ok(stream.writableLength <= 1000);
  assert.ok(sink.dropped >= 89, String(sink.dropped));
  let isFlushed = false;
  void sink.flush().then(() => (isFlushed = true));
  while (!isFlushed) {
    const done = release;
    release = undefined;
    done?.();
    await new Promise(setImmediate);
  }
  assert.equal(taken.split('\n').length - 1 + sink.dropped, 100);
});

test('a closed reader loses lines, counted, and nothing else', async () => {
  const stream = new PassThrough();
  const sink = new StreamSink(stream);
  stream.destroy(Object.assign(new Error('gone'), { code: 'EPIPE' }));
  await new Promise(setImmediate);
  sink.write('a');
  await sink.flush();
  assert.equal(sink.dropped, 1);
});
