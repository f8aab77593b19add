import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { listen } from '../../../../test/support/tcp.ts';
import { TcpTransport } from './tcp.ts';

test('a query that follows the end of an idle connection goes out on a new one', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { server, port } = await listen(t);
  let unsent = 0;
  const user = { received: () => {}, unsent: () => void (unsent += 1) };
  const transport = new TcpTransport({ name: 'n', transport: 'tcp', host: '127.0.0.1', port }, user);
  t.after(() => transport.close());
  const arrived = async (): Promise<string> => {
    const [socket] = (await once(server, 'connection')) as [Socket];
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return bytes.toString('latin1');
  };

  const first = arrived();
  transport.send(Buffer.from('one'));
  assert.equal(await first, '\0\x03one');
  const second = arrived();
  t.mock.timers.tick(5000);
  // The end of the first connection has not been reported yet.
  transport.send(Buffer.from('two'));
  assert.equal(await second, '\0\x03two');
  assert.equal(unsent, 0);
});
