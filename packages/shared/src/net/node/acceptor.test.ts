import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Acceptor, type AcceptorOptions } from './acceptor.ts';
import { socketOf } from './plain-link.ts';

const WAITING = 64;
const linux = process.platform === 'linux' ? {} : { skip: 'only Linux shares ports' };

interface Accepting {
  readonly acceptor: Acceptor;
  readonly port: number;
  accepted: number;
}

async function accepting(t: TestContext, options: AcceptorOptions = {}, port = 0): Promise<Accepting> {
  const acceptor = new Acceptor(
    options,
    (link) => {
      self.accepted += 1;
      t.after(() => link.close());
    },
    () => undefined,
  );
  t.after(() => acceptor.close());
  const address = (await acceptor.listen({ host: '127.0.0.1', port, backlog: WAITING })) as AddressInfo;
  const self: Accepting = { acceptor, port: address.port, accepted: 0 };
  return self;
}

/** How many connections each turn of the event loop takes when many have come at once. */
async function acceptedPerTurn(t: TestContext, self: Accepting): Promise<number[]> {
  const connected = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    `const { connect } = require('node:net');
     const { workerData: { port, count, connected } } = require('node:worker_threads');
     for (let index = 0; index < count; index += 1) {
       connect(port, '127.0.0.1', () => { Atomics.add(connected, 0, 1); Atomics.notify(connected, 0); }).on('error', () => {});
     }`,
    { eval: true, workerData: { port: self.port, count: WAITING, connected } },
  );
  t.after(() => worker.terminate());
  await once(worker, 'online');
  const turns: number[] = [];
  // Nothing is accepted while this thread is blocked.
  for (let seen = 0; seen < WAITING; seen = Atomics.load(connected, 0)) Atomics.wait(connected, 0, seen, 10_000);
  while (self.accepted < WAITING) {
    const before = self.accepted;
    await turn();
    turns.push(self.accepted - before);
  }
  return turns;
}

async function assertRefused(port: number): Promise<void> {
  const client = connect(port, '127.0.0.1');
  const [error] = (await once(client, 'error')) as [NodeJS.ErrnoException];
  assert.equal(error.code, 'ECONNREFUSED');
}

test('one turn of the event loop accepts several waiting connections', linux, async (t) => {
  const turns = await acceptedPerTurn(t, await accepting(t));
  assert.ok(Math.max(...turns) > 4, String(turns));
});

test('one listening socket accepts one connection per turn, the reason for shards', async (t) => {
  const turns = await acceptedPerTurn(t, await accepting(t, { shards: 1 }));
  assert.equal(Math.max(...turns), 1, String(turns));
});

test('a port served by another acceptor is refused and keeps being served', async (t) => {
  const first = await accepting(t);
  await assert.rejects(accepting(t, {}, first.port), { code: 'EADDRINUSE' });
  const client = connect(first.port, '127.0.0.1');
  t.after(() => client.destroy());
  await once(client, 'connect');
});

test('clients are refused until the port is open, and never afterwards', linux, async (t) => {
  const { acceptor: former, port } = await accepting(t);
  former.close();
  // Connects as fast as it can, in a thread of its own, before, during and after the start.
  const worker = new Worker(
    `const { connect } = require('node:net');
     const { parentPort, workerData: port } = require('node:worker_threads');
     let stop = false;
     parentPort.on('message', () => (stop = true));
     const once = () => {
       const socket = connect(port, '127.0.0.1');
       const done = (outcome) => {
         socket.destroy();
         parentPort.postMessage(outcome);
         if (stop) parentPort.close(); else setImmediate(once);
       };
       socket.once('error', (error) => done(error.code));
       socket.once('connect', () => {
         // A listening socket that closes again resets what waits in its queue.
         socket.removeAllListeners('error');
         socket.once('error', (error) => done(error.code)).once('data', () => done('served'));
       });
     };
     once();`,
    { eval: true, workerData: port },
  );
  t.after(() => worker.terminate());
  const outcomes: string[] = [];
  const acceptor = new Acceptor(
    {},
    (link) => void socketOf(link).end('hello'),
    () => undefined,
  );
  t.after(() => acceptor.close());
  const enough = Promise.withResolvers<void>();
  let listening = false;
  worker.on('message', (outcome: string) => {
    outcomes.push(outcome);
    if (outcomes.length === 20) {
      void acceptor.listen({ host: '127.0.0.1', port }).then(() => (listening = true));
    }
    if (listening && outcomes.filter((each) => each === 'served').length >= 50) enough.resolve();
  });
  await enough.promise;
  worker.postMessage('stop');
  await once(worker, 'exit');
  const opened = outcomes.indexOf('served');
  assert.deepEqual([...new Set(outcomes.slice(0, opened))], ['ECONNREFUSED']);
  assert.deepEqual([...new Set(outcomes.slice(opened))], ['served']);
});

test('a unix socket has its permissions from the start, whatever the umask', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'acceptor-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const umask = process.umask(0);
  t.after(() => process.umask(umask));
  for (const mode of [0o600, 0o660, 0o777]) {
    const path = join(directory, mode.toString(8));
    const acceptor = new Acceptor(
      {},
      () => undefined,
      () => undefined,
    );
    t.after(() => acceptor.close());
    const listening = acceptor.listen({ path, mode });
    assert.equal(statSync(path).mode & 0o777, mode); // It is bound before anything else can run.
    await listening;
    assert.equal(process.umask(), 0);
  }
});

test('no socket listens after close()', async (t) => {
  const { acceptor, port } = await accepting(t);
  acceptor.close();
  await assertRefused(port);
});

test('an acceptor closed while binding listens nowhere', async (t) => {
  const { acceptor: former, port } = await accepting(t, { shards: 1 });
  former.close();
  const acceptor = new Acceptor(
    {},
    () => undefined,
    () => undefined,
  );
  const listening = acceptor.listen({ host: '127.0.0.1', port });
  acceptor.close();
  await listening;
  await assertRefused(port);
});

test('a unix socket is one socket', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'acceptor-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'socket');
  const acceptor = new Acceptor(
    {},
    (link) => void socketOf(link).end('hello'),
    () => undefined,
  );
  t.after(() => acceptor.close());
  assert.equal(await acceptor.listen({ path }), path);
  const [bytes] = (await once(connect(path), 'data')) as [Buffer];
  assert.equal(String(bytes), 'hello');
});
