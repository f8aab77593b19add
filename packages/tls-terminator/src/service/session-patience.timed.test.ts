import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import test from 'node:test';
import type { TestContext } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { NodeSecureLink } from '@headgate/shared/net/node/secure-link';
import { Lines } from './fixtures/lines.ts';
import { listen } from '../../../../test/support/tcp.ts';
import { readAll, startService, tcp } from './fixtures/service.ts';
import { MOST_UNSENT, Session } from './session.ts';
import { newServiceCounters } from '../model/counters.ts';
import { describeTls } from './tls-facts.ts';
import { SessionLog } from './session-log.ts';

/** A client after its handshake that takes one piece of what is written to it at each `takeOne`. */
class SlowClient extends Duplex {
  readonly _handle = { writeQueueSize: 0 };
  readonly offers = new EventEmitter();
  #take: (() => void) | undefined;

  constructor() {
    super({ read: () => {}, allowHalfOpen: true });
  }

  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#take = done;
    this.offers.emit('offer');
  }

  takeOne(): void {
    this.#take?.();
  }

  getCipher(): { readonly name: string; readonly version: string } {
    return { name: '', version: '' };
  }

  getProtocol(): string {
    return 'TLSv1.3';
  }

  getSession(): undefined {}

  getEphemeralKeyInfo(): null {
    return null;
  }

  isSessionReused(): boolean {
    return false;
  }
}

interface Begun {
  readonly client: SlowClient;
  readonly server: Socket;
  readonly session: Session;
  readonly lines: Lines;
  readonly clock: { now: number };
  readonly codes: () => unknown[];
}

/** A session whose clock only the test moves, connected. */
async function begin(t: TestContext, close: number): Promise<Begun> {
  const arrived = Promise.withResolvers<Socket>();
  const { port } = await listen(t, arrived.resolve);
  const client = new SlowClient();
  const lines = new Lines();
  const clock = { now: 0 };
  const nowhere = { address: '', port: 0 };
  const link = new NodeSecureLink(client as unknown as TLSSocket, undefined);
  const session = new Session({
    service: {
      timeouts: { busy: 0, connect: 0, idle: 1000, close },
      reset: true,
      proxyProtocol: 0,
      localAddress: undefined,
      negotiation: undefined,
      sockets: {
        clientNoDelay: true,
        clientKeepAlive: false,
        serverNoDelay: true,
        serverKeepAlive: false,
        clientKeepIdle: 0,
        serverKeepIdle: 0,
      },
    },
    client: link,
    outbound: undefined,
    describe: () => describeTls(link),
    arrival: { id: 0, peer: nowhere, local: nowhere },
    clock,
    log: new SessionLog(lines, 'https', newServiceCounters()),
    candidates: [{ text: 'the server', host: '127.0.0.1', port }],
    onEnd: () => {},
  });
  t.after(() => session.stop());
  session.start();
  await lines.find(/accepted/);
  return {
    client,
    server: await arrived.promise,
    session,
    lines,
    clock,
    codes: () => lines.list.flatMap(({ fields }) => fields['code'] ?? []),
  };
}

test('the answer of a server that has ended waits for a slow client as long as TIMEOUTidle says', async (t) => {
  const { client, server, session, clock, codes, lines } = await begin(t, 100);
  server.end('the answer');
  await once(client.offers, 'offer');
  await until(() => client.writableEnded);
  session.expire((clock.now = 900));
  assert.deepEqual(codes(), []);
  assert.equal(client.destroyed, false);
  const finished = once(client, 'finish');
  client.takeOne();
  await finished;
  session.expire((clock.now = 990));
  assert.equal(client.destroyed, false);
  session.expire((clock.now = 1000));
  await lines.find('CLOSE_TIMEOUT');
});

test('a client that never takes the answer of a server that has ended is given up after TIMEOUTidle', async (t) => {
  const { client, server, session, lines } = await begin(t, 100);
  server.end('the answer');
  await once(client.offers, 'offer');
  await until(() => client.writableEnded);
  session.expire(1000);
  await lines.find('IDLE_TIMEOUT');
});

test('TIMEOUTclose = 0 waits for no end of the other side, but for all that was said', async (t) => {
  const { client, server, session, lines } = await begin(t, 0);
  server.end('the answer');
  await once(client.offers, 'offer');
  await until(() => client.writableEnded);
  session.expire(0);
  assert.equal(client.destroyed, false);
  const finished = once(client, 'finish');
  client.takeOne();
  await finished;
  session.expire(0);
  await lines.find('CLOSE_TIMEOUT');
});

test('a server that does not finish its answer within TIMEOUTclose does not let it look whole', async (t) => {
  const { port } = await listen(t, (socket) => socket.write('half an ans'));
  const { connect, lines } = await startService(t, {
    connects: [tcp(port)],
    timeouts: { busy: 0, connect: 0, idle: 0, close: 200 },
  });
  const client = await connect();
  const failed = once(client, 'error');
  client.end('a question');
  client.resume();
  const [error] = await failed;
  assert.equal(error.code, 'ECONNRESET');
  await lines.find('CLOSE_TIMEOUT');
});

for (const ending of ['CLOSE_TIMEOUT', 'CLIENT_RESET'] as const) {
  test(`what a client said and ended reaches a slow server whole: ${ending}`, async (t) => {
    const { client, server, session, codes } = await begin(t, 100);
    const said = Buffer.alloc(200_000);
    client.push(Buffer.from(said));
    client.push(null);
    await once(client, 'end');
    for (let turn = 0; turn < 3; turn++) await nextTurn();
    // Now the kernel has it and the end, and nobody else.
    if (ending === 'CLIENT_RESET') client.destroy(new Error('read ECONNRESET'));
    else await until(() => (session.expire(500), client.destroyed));
    assert.equal((await readAll(server)).length, said.length);
    server.end();
    await until(() => codes().includes(ending));
  });
}

test('a server that could not be given all that a client said and ended does not take it for the whole', async (t) => {
  const { client, server, session, lines } = await begin(t, 100);
  // Until the kernel has no room, and some of it waits here.
  while (!client.isPaused()) {
    client.push(Buffer.alloc(100_000));
    await nextTurn();
  }
  await nextTurn();
  const ended = once(client, 'end');
  client.push(null);
  client.resume();
  await ended;
  session.expire(1000);
  await lines.find('IDLE_TIMEOUT');
  await assert.rejects(readAll(server), { code: 'ECONNRESET' });
});

test('a client that makes TLS answer and does not read is cut off', async (t) => {
  const { client, session, lines } = await begin(t, 100);
  client._handle.writeQueueSize = MOST_UNSENT;
  session.expire(0);
  assert.equal(client.destroyed, false);
  client._handle.writeQueueSize += 1;
  session.expire(0);
  assert.match((await lines.find('CLIENT_FLOODED')).message, /^Connection reset/);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await nextTurn();
}
