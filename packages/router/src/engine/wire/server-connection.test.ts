import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import test, { type TestContext } from 'node:test';
import { listen } from '../../../../../test/support/tcp.ts';
import { backendConfig, bench, serverConfig } from '../../backend/testing.ts';
import { Deadlines } from '../deadlines.ts';
import { ServerConnection, type ServerUser } from './server-connection.ts';
import { ready } from './testing.ts';

const nowhere = { wanted: { address: '', port: 0 }, name: '', greeting: undefined };

const DOT = Buffer.from('.');

/** Reads until `enough`, and holds what it is lent as a client would that does not read, or uses it at once. */
class Reader implements ServerUser {
  readonly pieces: Buffer[] = [];
  readonly finished: Promise<void>;
  readonly #holds: boolean;
  readonly #enough: (pieces: readonly Buffer[]) => boolean;
  readonly #each: () => void;
  #finish: () => void = () => undefined;

  constructor(holds: boolean, enough: (pieces: readonly Buffer[]) => boolean, each: () => void = () => undefined) {
    this.#holds = holds;
    this.#enough = enough;
    this.#each = each;
    this.finished = new Promise((resolve) => (this.#finish = resolve));
  }

  serverData(bytes: Buffer): boolean {
    this.pieces.push(this.#holds ? bytes : Buffer.from(bytes));
    if (this.#enough(this.pieces)) this.#finish();
    else this.#each();
    return this.#holds;
  }

  serverReady(): void {}
  serverDrained(): void {}
  serverEnded(): void {}
  serverTimedOut(): void {}
  serverTurn(): void {}
  serverClosed(): void {}
}

const sizeOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0);
/** What the pieces keep from being collected, in bytes. */
const heldBy = (pieces: readonly Buffer[]): number =>
  [...new Set(pieces.map(({ buffer }) => buffer))].reduce((sum, { byteLength }) => sum + byteLength, 0);

async function connections(
  t: TestContext,
  count: number,
  serve: (socket: Socket) => void,
): Promise<ServerConnection[]> {
  const { port } = await listen(t, serve);
  const server = bench(
    backendConfig([serverConfig('one', { address: { kind: 'tcp', host: '127.0.0.1', port } })]),
  ).server('one');
  const deadlines = new Deadlines();
  const opened = Array.from({ length: count }, () => new ServerConnection(server, deadlines, 5000, nowhere));
  t.after(() => opened.forEach((connection) => connection.destroy()));
  await Promise.all(opened.map(ready));
  return opened;
}

/** Answers each byte with a piece of 100 that counts upwards. */
function pieceByPiece(socket: Socket): void {
  let next = 0;
  socket.on('data', () => socket.write(Buffer.alloc(100, next++)));
}

test('small pieces for a reader that does not take them hold little more than themselves, and stay as they came', async (t) => {
  const [one, other] = await connections(t, 2, pieceByPiece);
  assert.ok(one && other);
  const readers = [one, other].map((connection) => {
    const reader = new Reader(
      true,
      ({ length }) => length === 200,
      () => connection.link.write(DOT),
    );
    connection.user = reader;
    connection.link.write(DOT);
    return reader;
  });
  for (const { finished, pieces } of readers) {
    await finished;
    assert.deepEqual(
      Buffer.concat(pieces),
      Buffer.concat(Array.from({ length: 200 }, (_, index) => Buffer.alloc(100, index))),
    );
    // Small pieces lie side by side in Node's own pool.
    assert.ok(
      heldBy(pieces) <= 2 * sizeOf(pieces) + 4 * Buffer.poolSize,
      `${heldBy(pieces)} bytes are held for ${sizeOf(pieces)}`,
    );
  }
});
