import assert from 'node:assert/strict';
import { leaveEarly } from '../../support/leavers.ts';
import { RawServer } from '../../support/raw.ts';
import { forEachTerminator } from '../../support/scenario.ts';
import { socketsOf } from '../../support/sockets.ts';
import { startTerminating } from '../../support/terminating.ts';
import { settled, until } from '../../support/until.ts';

const CLIENTS = 60;
const ROUNDS = 5;

forEachTerminator(
  'hundreds of clients that disconnect right after their handshake leave no descriptor and no server connection',
  async (t, terminator) => {
    const server = await RawServer.listen(t, ({ socket }) => {
      socket.on('data', (bytes: Buffer) => socket.write(bytes));
      socket.on('end', () => socket.end());
    });
    const { port, process } = await startTerminating(t, terminator, { connect: server.port });
    await settled('a first visit', leaveEarly(t, port, 0));
    await until('its end', () => server.open() === 0);
    const before = await socketsOf(process.pid);
    for (let round = 0; round < ROUNDS; round += 1) {
      const visits = Array.from({ length: CLIENTS }, (_, index) => leaveEarly(t, port, index + round));
      await settled('the clients to leave', Promise.all(visits), 20_000);
    }
    await until('no connection to the server', () => server.open() === 0);
    assert.ok(process.running);
    await until('the descriptors of the start', async () => (await socketsOf(process.pid)) <= before);
  },
);
