import { closeSync, openSync, readSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import type { ListenOptions, Server } from 'node:net';

/**
 * Free loopback ports for programs that cannot choose one themselves. They are below the kernel's ephemeral range, so no
 * outgoing connection can take one in between, and from a block that is this process's own as long as it runs: a port on which
 * nothing must listen, or not yet, is not given to the program of another test.
 */
const FIRST = 10_000;
const BLOCK = 80;
const BLOCKS = 270;

let own: Promise<number> | undefined;
let used = 0;

export async function freePort(): Promise<number> {
  const first = await (own ??= ownBlock());
  for (let attempt = 1; attempt < BLOCK; attempt += 1) {
    const port = first + 1 + (used % (BLOCK - 1));
    used += 1;
    if (await bindable(port)) return port;
  }
  throw new Error('no free port in the block of this process');
}

/** The first port of a block that no other process has: who listens on that one has it, until it ends. */
async function ownBlock(): Promise<number> {
  for (let attempt = 0; attempt < BLOCKS; attempt += 1) {
    const first = FIRST + ((process.pid + attempt) % BLOCKS) * BLOCK;
    const server = createServer().unref();
    if (await listens(server, { port: first, host: '127.0.0.1', exclusive: true })) return first;
  }
  throw new Error('every block of ports belongs to another process');
}

function listens(server: Server, options: ListenOptions): Promise<boolean> {
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(options, () => resolve(true));
  });
}

async function bindable(port: number): Promise<boolean> {
  const server = createServer();
  if (!(await listens(server, { port, host: '0.0.0.0' }))) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

/** True when the port is being listened on. Uses /proc where possible, so that the program sees no stray connection. */
export async function isListening(port: number): Promise<boolean> {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map(listenersIn);
  if (tables.every((table) => table === undefined)) return accepts(port);
  const row = new RegExp(`^ *\\d+: \\w+:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ ${LISTENING} `, 'm');
  return tables.some((table) => table !== undefined && row.test(table));
}

/** The state of a listening socket in the kernel's tables. */
const LISTENING = '0A';
const OTHER = new RegExp(`^ *\\d+: \\S+ \\S+ (?!${LISTENING})`, 'm');
const PIECE = Buffer.alloc(16_384);

/** The beginning of a table: listening sockets come first, and ten thousand of ended connections may follow. */
function listenersIn(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    let text = '';
    for (;;) {
      const length = readSync(file, PIECE, 0, PIECE.length, null);
      text += PIECE.toString('latin1', 0, length);
      if (length === 0 || OTHER.test(text)) return text;
    }
  } finally {
    closeSync(file);
  }
}

/** True when a connection to the port is accepted. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
