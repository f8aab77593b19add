import type { TestContext } from 'node:test';
import { engineStatements } from './engines.ts';
import type { Engine } from './engines.ts';
import { RawServer } from './raw.ts';
import type { RawSocket } from './raw.ts';
import { startRouting } from './routing.ts';
import type { Routing, Statements } from './routing.ts';

export interface Attacked extends Routing {
  /** The one server behind: it records every byte and says only what it is told to. */
  readonly server: RawServer;
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** One engine of our router before a raw server that answers `reply` whenever a head has arrived. */
export async function startAttacked(
  t: TestContext,
  engine: Engine,
  reply: string | ((connection: RawSocket) => void) = OK,
  statements: { readonly frontend?: Statements; readonly backend?: Statements } = {},
): Promise<Attacked> {
  const server = await RawServer.listen(t, (connection) => {
    if (typeof reply === 'function') reply(connection);
    else answerEach(connection, reply);
  });
  const routing = await startRouting(t, 'router', {
    frontend: [...engineStatements(engine), ...(statements.frontend ?? [])],
    backend: [...(statements.backend ?? []), `server one 127.0.0.1:${server.port}`],
  });
  return { ...routing, server };
}

/** Answers once for every head that ends on this connection. */
function answerEach(connection: RawSocket, reply: string): void {
  let answered = 0;
  connection.socket.on('data', () => {
    const heads = connection.text.split(/^[A-Z]+ \S+ HTTP\/1\.[01]\r\n(?=[^]*?\r\n\r\n)/m).length - 1;
    for (; answered < heads; answered += 1) connection.send(reply);
  });
}

/** Request lines in what the server received: how many requests it believes it was sent. */
export function requestLines(server: RawServer): readonly string[] {
  return server.text.match(/^[A-Za-z]+ \S+ HTTP\/\d\.\d\r?$/gm)?.map((line) => line.trim()) ?? [];
}
