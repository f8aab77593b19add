import { readFile } from 'node:fs/promises';
import { createServer, connect } from 'node:net';

/**
 * Free loopback ports for programs that cannot choose one themselves. They are below the kernel's ephemeral
 * range, so no outgoing connection can take one in between, and from a block of this process's own: the test
 * runner gives every file a process, and neighbours have different process ids.
 */
const FIRST = 10_000;
const BLOCK = 80;
const BLOCKS = 270;

let used = 0;

export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < BLOCK; attempt += 1) {
    const port = FIRST + (process.pid % BLOCKS) * BLOCK + (used % BLOCK);
    used += 1;
    if (await bindable(port)) return port;
  }
  throw new Error('no free port in the block of this process');
}

function bindable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}

/** True when the port is being listened on. Uses /proc where possible, so that the program sees no stray connection. */
export async function isListening(port: number): Promise<boolean> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(readTable));
  if (tables.every((table) => table === undefined)) return accepts(port);
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  return tables.some((table) =>
    table?.split('\n').some((row) => row.includes(local) && / 0A /.test(row) && row.indexOf(local) < 50),
  );
}

function readTable(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
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
