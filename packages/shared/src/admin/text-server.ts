import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { ListenOptions } from 'node:net';
import { bindsPath, hold, listeningKey, takeInherited } from '../net/node/inherited.ts';
import { bindPath, SocketFile } from '../net/node/socket-file.ts';
import { removeDeadSocket } from '../process/dead-socket.ts';

/** Milliseconds in which a client has to ask. */
const PATIENCE = 5000;

export type TextAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

export interface TextSource {
  /** The text of a path, without its query, made when it is requested; undefined: there is none, status 404. */
  readonly text: (path: string) => string | undefined;
  readonly type: string;
  /** The body of a 404: a line. */
  readonly missing: string;
  readonly caching: 'no-cache' | 'no-store';
  /** Clients at one time. */
  readonly clients: number;
  /** Milliseconds that a connection is kept for another request. */
  readonly keepAlive: number;
}

/** Answers GET and HEAD with short texts, and nothing else, on an address of its own. */
export class TextServer {
  readonly #address: TextAddress;
  readonly #server: Server;
  /** No other process gets its socket any more. */
  #forget: () => void = () => {};
  #file: SocketFile | undefined;

  constructor(address: TextAddress, { text, type, missing, caching, clients, keepAlive }: TextSource) {
    this.#address = address;
    this.#server = createServer(
      { headersTimeout: PATIENCE, requestTimeout: PATIENCE, keepAliveTimeout: keepAlive, maxHeaderSize: 8192 },
      (request, response) => {
        const [path = ''] = (request.url ?? '').split('?');
        const asks = request.method === 'GET' || request.method === 'HEAD';
        const found = asks ? text(path) : undefined;
        const body = found ?? missing;
        response.writeHead(found === undefined ? 404 : 200, {
          'content-type': found === undefined ? 'text/plain' : type,
          'content-length': Buffer.byteLength(body),
          'cache-control': caching,
        });
        response.end(request.method === 'HEAD' ? undefined : body);
      },
    );
    this.#server.maxConnections = clients;
  }

  /** Binds; rejects with the system's error. */
  async listen(): Promise<void> {
    const address = this.#address;
    if (address.kind === 'unix') await this.#listenOnPath(address.path);
    else {
      const { host, port } = address;
      const key = listeningKey(host, port, false, 'texts');
      // That of the process that this one takes over from. Node listens on handles too, which its types do not say.
      const [inherited] = takeInherited(key);
      this.#server.listen((inherited ?? { host, port }) as ListenOptions);
      this.#forget = hold(key, { servers: () => [this.#server], movable: true, own: true });
    }
    await once(this.#server, 'listening').catch((error: unknown) => {
      this.#forget();
      throw error;
    });
    // It keeps no process alive.
    this.#server.unref();
  }

  close(): void {
    this.#forget();
    this.#server.close();
    this.#file?.remove();
    this.#server.closeAllConnections();
  }

  async #listenOnPath(path: string): Promise<void> {
    if (bindsPath(path)) {
      await removeDeadSocket(path);
      // Any user that may enter the directory may read the texts: the router can run as another one.
      const open = { readableAll: true, writableAll: true };
      this.#file = bindPath(path, (name) => this.#server.listen({ path: name, ...open }));
    } else {
      const [inherited] = takeInherited(path);
      this.#server.listen(inherited as ListenOptions);
      this.#file = new SocketFile(path, true);
    }
    this.#forget = hold(path, { servers: () => [this.#server], movable: this.#file !== undefined, own: true });
  }
}
