import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { addressText } from '../net/endpoint.ts';

/** Scrapers that may ask at a time: they come one by one. */
const CLIENTS = 16;
/** Milliseconds in which a scraper has to ask. */
const PATIENCE = 5000;
const PATH = '/metrics';

/** Answers `GET /metrics`, and nothing else, on an address of its own. What it answers is made when it is asked. */
export class MetricsServer {
  readonly host: string;
  readonly port: number;
  readonly #server: Server;

  constructor(host: string, port: number, text: () => string) {
    this.host = host;
    this.port = port;
    this.#server = createServer(
      { headersTimeout: PATIENCE, requestTimeout: PATIENCE, keepAliveTimeout: 60_000, maxHeaderSize: 8192 },
      (request, response) => {
        const [path] = (request.url ?? '').split('?');
        const found = path === PATH && (request.method === 'GET' || request.method === 'HEAD');
        const body = found ? text() : `Metrics are at ${PATH}.\n`;
        response.writeHead(found ? 200 : 404, {
          'content-type': found ? 'text/plain; version=0.0.4' : 'text/plain',
          'content-length': Buffer.byteLength(body),
          'cache-control': 'no-cache',
        });
        response.end(request.method === 'HEAD' ? undefined : body);
      },
    );
    this.#server.maxConnections = CLIENTS;
  }

  /** Binds; rejects with the system's error. */
  async listen(): Promise<void> {
    this.#server.listen({ host: this.host, port: this.port });
    await once(this.#server, 'listening');
    // Metrics keep no process alive.
    this.#server.unref();
  }

  get address(): string {
    return addressText(this.host, this.port);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
