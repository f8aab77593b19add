import assert from 'node:assert/strict';
import test from 'node:test';
import { listen } from '../../../../../test/support/tcp.ts';
import { backendConfig, bench, serverConfig } from '../../backend/testing.ts';
import { Deadlines } from '../deadlines.ts';
import { Pool } from './pool.ts';
import { ready } from './testing.ts';

const nowhere = { wanted: { address: '', port: 0 }, name: '', greeting: undefined };

test('a connection that has ended is not given to a request, although its socket has yet to say so', async (t) => {
  const { port } = await listen(t);
  const server = bench(
    backendConfig([serverConfig('one', { address: { kind: 'tcp', host: '127.0.0.1', port } })]),
  ).server('one');
  const pool = new Pool(new Deadlines());
  t.after(() => pool.close());
  const [alive, ended] = [pool.open(server, 1000, nowhere), pool.open(server, 1000, nowhere)];
  await Promise.all([alive, ended].map(ready));
  pool.keep(alive, 0);
  pool.keep(ended, 0);
  // As when it has been idle for long enough, or the server has closed it.
  ended.destroy();
  assert.equal(pool.take(server, 'any', ''), alive);
  assert.equal(pool.take(server, 'any', ''), undefined);
  alive.destroy();
});
