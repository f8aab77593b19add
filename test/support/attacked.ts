import type { TestContext } from 'node:test';
import { engineStatements } from './engines.ts';
import type { Engine } from './engines.ts';
import { RawServer } from './raw.ts';
import type { RawSocket } from './raw.ts';
import { startRouting } from './routing.ts';
import type { Routing, Statements } from './routing.ts';

export interface Attacked extends Routing {
  /** The only server: it records every byte and sends only scripted bytes. */
  readonly server: RawServer;
}

export const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** One engine of our router in front of a raw server that sends `reply` for every head. */
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

/** Answers every complete head on this connection once. */
function answerEach(connection: RawSocket, reply: string): void {
  let answered = 0;
  connection.socket.on('data', () => {
    const requests = [...readRequests(connection.text)].length;
    for (; answered < requests; answered += 1) connection.send(reply);
  });
}

/** The request lines in what a server received on each connection; bodies are not counted as requests. */
export function requestLines(server: RawServer): readonly string[] {
  return server.connections.flatMap(({ text }) => [...readRequests(text)]);
}

function* readRequests(text: string): Generator<string> {
  for (let rest = text; rest !== '';) {
    const end = rest.indexOf('\r\n\r\n') + 4;
    if (end < 4) return;
    const head = rest.slice(0, end);
    yield head.slice(0, head.indexOf('\r\n'));
    const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
    rest = /^transfer-encoding: chunked\r$/im.test(head) ? afterChunks(rest.slice(end)) : rest.slice(end + length);
  }
}

function afterChunks(body: string): string {
  for (let rest = body; ;) {
    const size = Number.parseInt(rest, 16);
    const data = rest.indexOf('\r\n') + 2;
    if (Number.isNaN(size) || data < 2) return '';
    if (size === 0) return rest.slice(rest.indexOf('\r\n\r\n') + 4);
    rest = rest.slice(data + size + 2);
  }
}
