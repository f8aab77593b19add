import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { reasonOf } from './reason.ts';

test('a name none of whose addresses answers has the reason of each', async () => {
  const addresses = ['::1', '127.0.0.1'].map((address) => ({ address, family: address === '::1' ? 6 : 4 }));
  const socket = connect({
    host: 'localhost',
    // Nothing listens there without being root.
    port: 1,
    autoSelectFamily: true,
    lookup: (_name, _options, done) => done(null, addresses),
  });
  const [error] = await once(socket, 'error');
  assert.ok(error instanceof AggregateError);
  assert.match(reasonOf(error), /^connect \w+ ::1:1.*; connect ECONNREFUSED 127\.0\.0\.1:1$/);
});
