import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { listen } from '../../../../../test/support/tcp.ts';
import { dialOptions } from './dial-options.ts';

describe('dialling a server', () => {
  for (const host of ['127.0.0.1', '::1']) {
    it(`finds localhost on ${host}`, async (t) => {
      const { port } = await listen(t, (socket) => socket.resume(), { host });
      const socket = connect(dialOptions({ kind: 'tcp', host: 'LocalHost', port }));
      t.after(() => socket.destroy());
      await once(socket, 'connect');
      assert.equal(socket.remoteAddress, host);
    });
  }
  it('uses the path of a unix socket and leaves other names to the system', () => {
    assert.deepEqual(dialOptions({ kind: 'unix', path: '/run/a.sock' }), { path: '/run/a.sock' });
    assert.deepEqual(dialOptions({ kind: 'tcp', host: 'app', port: 80 }), {
      host: 'app',
      port: 80,
      autoSelectFamily: true,
    });
  });
});
