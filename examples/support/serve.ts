import { once } from 'node:events';
import type { Server } from 'node:http';
import process from 'node:process';
import { parseArgs } from 'node:util';

/** Where a demo application listens: `--port` or PORT (0 for a free port), HOST for containers. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Reads the command line and the environment. Throws a RangeError for an invalid port. */
export function place(defaultPort: number): Place {
  const { values } = parseArgs({ options: { port: { type: 'string', short: 'p' } } });
  const text = values.port ?? process.env['PORT'] ?? String(defaultPort);
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError(`not a port: ${text}`);
  return { host: process.env['HOST'] ?? '127.0.0.1', port };
}

/**
 * Listens, prints one line, and stops on SIGTERM or SIGINT: no new connections, responses in progress are
 * finished. `stopping` closes long-lived connections.
 */
export async function serve(
  name: string,
  server: Server,
  { host, port }: Place,
  stopping: () => void = () => {},
): Promise<void> {
  const stop = () => {
    stopping();
    server.close();
    server.closeIdleConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    console.error(
      `${name}: cannot listen on ${host}:${port}: ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exit(1);
  }
  const address = server.address();
  console.log(`${name}: listening on ${host}:${typeof address === 'object' ? (address?.port ?? port) : port}`);
}
