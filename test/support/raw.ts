import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { resetSocket } from '@headgate/shared/net/node/reset';
import { dial, listen } from './tcp.ts';
import { settled, until } from './until.ts';

/** How the other side ended the connection. */
export type Ending = 'end' | 'reset';

/** One end of a TCP connection, bytes in and bytes out; it keeps all it received. Strings are latin1: one byte a character. */
export class RawSocket {
  readonly socket: Socket;
  #received: Buffer[] = [];
  #count = 0;
  #ending: Ending | undefined;
  #changed: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (bytes) => {
      this.#received.push(bytes);
      this.#count += bytes.length;
      this.#changed();
    });
    socket.on('end', () => this.#end('end'));
    socket.on('error', () => this.#end('reset'));
    socket.on('close', () => this.#end('end'));
  }

  /** How many bytes were received: without putting them together, which costs megabytes of copies for each look. */
  get count(): number {
    return this.#count;
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }

  get bytes(): Buffer {
    this.#received = [Buffer.concat(this.#received)];
    return this.#received[0] ?? Buffer.alloc(0);
  }

  /** Undefined while the other side may still send. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  send(bytes: string | Buffer): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends the bytes one at a time, each in its own packet as far as the kernel allows. */
  async trickle(bytes: string): Promise<void> {
    this.socket.setNoDelay(true);
    for (const byte of Buffer.from(bytes, 'latin1')) {
      await new Promise<void>((resolve) => this.socket.write(Buffer.of(byte), () => setImmediate(resolve)));
    }
  }

  /** Half-close: no more bytes from this side, the other side may continue. */
  end(): void {
    this.socket.end();
  }

  /** Ends the connection with a RST. */
  reset(): void {
    resetSocket(this.socket);
  }

  /** Waits until everything received so far matches, and returns it. Fails when the connection ends before. */
  async expect(pattern: string | RegExp, within = 10_000): Promise<string> {
    const matches = (): boolean =>
      typeof pattern === 'string' ? this.text.includes(pattern) : pattern.test(this.text);
    await this.#wait(
      `bytes like ${String(pattern)}`,
      () => {
        if (matches()) return true;
        if (this.#ending !== undefined)
          throw new Error(
            `connection ended (${this.#ending}) before ${String(pattern)}; got ${JSON.stringify(this.text.slice(0, 2000))}`,
          );
        return false;
      },
      within,
    );
    return this.text;
  }

  /** Waits for the other side to end the connection. */
  async ended(within = 10_000): Promise<Ending> {
    await this.#wait('the end of the connection', () => this.#ending !== undefined, within);
    return this.#ending ?? 'end';
  }

  /** Everything up to the end of the connection. */
  async rest(within = 10_000): Promise<string> {
    await this.ended(within);
    return this.text;
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#changed();
  }

  #wait(what: string, holds: () => boolean, within: number): Promise<void> {
    const waiting = new Promise<void>((resolve, reject) => {
      this.#changed = () => {
        try {
          if (holds()) resolve();
        } catch (failure) {
          reject(failure instanceof Error ? failure : new Error(String(failure)));
        }
      };
      this.#changed();
    });
    return settled(what, waiting, within).catch((late: unknown) =>
      Promise.reject(new Error(`${String(late)}; received ${JSON.stringify(this.text.slice(0, 2000))}`)),
    );
  }
}

/** Opens a connection to 127.0.0.1; `from` is the local loopback address. */
export async function openRaw(t: TestContext, port: number, from = '127.0.0.1'): Promise<RawSocket> {
  return new RawSocket(await dial(t, { port }, from));
}

/** Sends one request and returns everything up to the end of the connection. */
export async function exchange(t: TestContext, port: number, bytes: string): Promise<string> {
  const raw = await openRaw(t, port);
  raw.send(bytes);
  return raw.rest();
}

/** A TCP server that sends nothing by itself: the test, or `onConnection`, scripts every byte. */
export class RawServer {
  readonly connections: readonly RawSocket[];
  readonly port: number;
  #taken = 0;

  private constructor(port: number, connections: readonly RawSocket[]) {
    this.port = port;
    this.connections = connections;
  }

  static async listen(t: TestContext, onConnection: (connection: RawSocket) => void = () => {}): Promise<RawServer> {
    const connections: RawSocket[] = [];
    const { port } = await listen(t, (socket) => {
      const connection = new RawSocket(socket);
      connections.push(connection);
      onConnection(connection);
    });
    return new RawServer(port, connections);
  }

  /** The next connection the test has not seen yet. */
  async next(within?: number): Promise<RawSocket> {
    const connection = await until('a connection to the raw server', () => this.connections[this.#taken], within);
    this.#taken += 1;
    return connection;
  }

  /** Connections whose other side is still open. */
  open(): number {
    return this.connections.filter((connection) => connection.ending === undefined).length;
  }

  /** Everything every connection sent, in the order the connections came. */
  get text(): string {
    return this.connections.map((connection) => connection.text).join('');
  }
}

export function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('not a TCP address');
  return address.port;
}
