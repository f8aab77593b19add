/** Servers that should speak TLS and do something else. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { request } from '../../support/client.ts';
import { engineStatements } from '../../support/engines.ts';
import { startRouting } from '../../support/routing.ts';
import { forEachEngine } from '../../support/scenario.ts';
import { listen } from '../../support/tcp.ts';

/** A handshake message of 16 MiB, in records that never complete it. */
function endless(socket: Socket): void {
  const record = Buffer.concat([
    Buffer.from([22, 3, 3, 0x40, 0]),
    Buffer.from([2, 0xff, 0xff, 0xff]),
    Buffer.alloc(0x3ffc),
  ]);
  const send = (): void => {
    while (!socket.destroyed && socket.write(record));
  };
  socket.on('drain', send);
  socket.once('data', send);
}

const SERVERS: Readonly<Record<string, readonly [behave: (socket: Socket) => void, state: string]>> = {
  silent: [() => {}, 'sC--'],
  garbage: [(socket) => void socket.once('data', () => socket.end('x'.repeat(100_000))), 'SC--'],
  plain: [(socket) => void socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\n\r\n')), 'SC--'],
  closes: [(socket) => void socket.once('data', () => socket.end()), 'SC--'],
  resets: [(socket) => void socket.once('data', () => socket.resetAndDestroy()), 'SC--'],
  alert: [(socket) => void socket.once('data', () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 40]))), 'SC--'],
  endless: [endless, 'SC--'],
};

forEachEngine(
  'a server that breaks its handshake costs its own requests a 503 in time, and nothing else',
  async (t, engine) => {
    const ports = new Map<string, number>();
    for (const [name, [behave]] of Object.entries(SERVERS)) ports.set(name, (await listen(t, behave)).port);
    const { url, syslog, process } = await startRouting(t, 'router', {
      defaults: ['timeout connect 500', 'retries 0'],
      frontend: [...engineStatements(engine), 'use_backend %[path,field(2,/)]'],
      backends: Object.fromEntries(
        [...ports].map(([name, port]) => [name, [`server s 127.0.0.1:${port} ssl verify none`]]),
      ),
    });
    for (const [name, [, state]] of Object.entries(SERVERS)) {
      assert.equal((await request(`${url}/${name}/`)).status, 503, name);
      assert.ok((await syslog.message(new RegExp(` ${name}/s `))).includes(` ${state} `), name);
      if (name !== 'silent')
        assert.match(process.output, new RegExp(`Cannot connect to server ${name}/s: TLS handshake failed: `));
    }
  },
);
