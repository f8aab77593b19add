import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Destinations } from './destinations.ts';

test('logs with a common destination share one sink', (t) => {
  const destinations = new Destinations();
  t.after(() => destinations.close());
  const first = destinations.sink({ kind: 'udp', host: '127.0.0.1', port: 1 });
  assert.equal(destinations.sink({ kind: 'udp', host: '127.0.0.1', port: 1 }), first);
  assert.notEqual(destinations.sink({ kind: 'udp', host: '127.0.0.1', port: 2 }), first);
  assert.equal(destinations.dropped, 0);
});
