import type { TestContext } from 'node:test';
import { RawServer } from './raw.ts';
import type { RawSocket } from './raw.ts';
import { until } from './until.ts';

/** One request as a server reads it, still growing until `complete`. */
export interface OriginRequest {
  readonly connection: RawSocket;
  /** The head with its empty line, latin1. */
  readonly head: string;
  readonly target: string;
  /** The body's bytes as received, chunk framing included. */
  body: string;
  complete: boolean;
}

/** The response to a request: bytes sent once it is complete, or a script started at its head. */
export type Reply = string | ((request: OriginRequest, connection: RawSocket) => void);

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** A server whose every byte is scripted by the request's target. It parses requests itself, so bodies are never mistaken for requests. */
export class Origin {
  readonly port: number;
  readonly server: RawServer;
  readonly requests: OriginRequest[] = [];
  /** By target, without the query. */
  readonly replies = new Map<string, Reply>();
  /** The response to all other targets: 200 `ok`. */
  otherwise: Reply = OK;

  private constructor(server: RawServer) {
    this.server = server;
    this.port = server.port;
  }

  static async listen(t: TestContext): Promise<Origin> {
    const server = await RawServer.listen(t, (connection) => origin.#serve(connection));
    const origin = new Origin(server);
    return origin;
  }

  /** Requests for this target, ignoring the query. */
  to(target: string): readonly OriginRequest[] {
    return this.requests.filter((request) => withoutQuery(request.target) === target);
  }

  /** The first request for the target, as soon as its head has arrived. */
  head(target: string): Promise<OriginRequest> {
    return until(`a request for ${target}`, () => this.to(target)[0]);
  }

  #serve(connection: RawSocket): void {
    let rest = '';
    let current: OriginRequest | undefined;
    connection.socket.on('data', (bytes: Buffer) => {
      rest += bytes.toString('latin1');
      for (;;) {
        if (current === undefined) {
          const end = rest.indexOf('\r\n\r\n') + 4;
          if (end < 4) return;
          const head = rest.slice(0, end);
          rest = rest.slice(end);
          current = { connection, head, target: head.split(' ')[1] ?? '', body: '', complete: false };
          this.requests.push(current);
          const reply = this.#replyTo(current);
          if (typeof reply === 'function') reply(current, connection);
        }
        const length = bodyLength(current.head, rest);
        if (length === undefined) {
          current.body = rest;
          return;
        }
        current.body = rest.slice(0, length);
        current.complete = true;
        rest = rest.slice(length);
        const reply = this.#replyTo(current);
        current = undefined;
        if (typeof reply === 'string') connection.send(reply);
      }
    });
  }

  #replyTo(request: OriginRequest): Reply {
    return this.replies.get(withoutQuery(request.target)) ?? this.otherwise;
  }
}

function withoutQuery(target: string): string {
  return target.split('?')[0] ?? '';
}

/** Length of the body at the beginning of `rest`, undefined while it is incomplete. */
function bodyLength(head: string, rest: string): number | undefined {
  if (/^transfer-encoding:[ \t]*chunked[ \t]*\r$/im.test(head)) return chunkedLength(rest);
  const length = Number(/^content-length:[ \t]*(\d+)[ \t]*\r$/im.exec(head)?.[1] ?? 0);
  return rest.length < length ? undefined : length;
}

function chunkedLength(text: string): number | undefined {
  for (let at = 0; ;) {
    const line = text.indexOf('\r\n', at);
    if (line === -1) return undefined;
    const size = Number.parseInt(text.slice(at, line), 16);
    if (size === 0) {
      const end = text.startsWith('\r\n', line + 2) ? line : text.indexOf('\r\n\r\n', line);
      return end === -1 ? undefined : end + 4;
    }
    at = line + 2 + size + 2;
    if (!(at <= text.length)) return undefined;
  }
}
