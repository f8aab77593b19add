import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { addressText } from '../net/endpoint.ts';
import { removeDeadSocket } from '../process/dead-socket.ts';

/** Clients that may ask at a time. */
const CLIENTS = 64;
/** Milliseconds in which a client has to ask. */
const PATIENCE = 5000;

export type TextAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** Answers GET with short texts on an address of its own; 404 where there is none. */
export class TextServer {
  readonly #address: TextAddress;
  readonly #server: Server;

  /** `text` of a path, without its query; undefined: there is none. */
  constructor(address: TextAddress, text: (path: string) => string | undefined) {
    this.#address = address;
    this.#server = createServer(
      { headersTimeout: PATIENCE, requestTimeout: PATIENCE, keepAliveTimeout: PATIENCE, maxHeaderSize: 8192 },
      (request, response) => {
        const [path = ''] = (request.url ?? '').split('?');
        const asks = request.method === 'GET' || request.method === 'HEAD';
        const found = asks ? text(path) : undefined;
        const body = found ?? 'Not found.\n';
        response.writeHead(found === undefined ? 404 : 200, {
          'content-type': 'text/plain',
          'content-length': Buffer.byteLength(body),
          'cache-control': 'no-store',
        });
        response.end(request.method === 'HEAD' ? undefined : body);
      },
    );
    this.#server.maxConnections = CLIENTS;
  }

  /** Binds; rejects with the system's error. */
  async listen(): Promise<void> {
    const address = this.#address;
    if (address.kind === 'unix') await removeDeadSocket(address.path);
    this.#server.listen(address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port });
    await once(this.#server, 'listening');
    this.#server.unref();
  }

  get address(): string {
    return this.#address.kind === 'unix' ? this.#address.path : addressText(this.#address.host, this.#address.port);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
