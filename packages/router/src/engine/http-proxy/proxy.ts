import { IncomingMessage, type ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { ProxyServer } from 'http-proxy';

/** What http-proxy tells of one request. */
export interface ProxyReports {
  /** Node's request to the server exists, on a socket that may still be connecting; nothing has been sent. */
  requestMade(request: ClientRequest, socket: Socket): void;
  /** The head of the final answer. */
  answered(message: IncomingMessage): void;
  broke(error: unknown): void;
}

/**
 * The request http-proxy is given instead of the client's: headers built here, a path its URL code cannot change,
 * no method, so that its `deleteLength` never touches the framing, and a body that starts once a server is there.
 */
export class RequestView extends IncomingMessage {
  readonly reports: ProxyReports;
  #pull: () => void = () => {};

  constructor(socket: Socket, reports: ProxyReports, fields: Record<string, string | string[]>) {
    super(socket);
    this.reports = reports;
    this.httpVersionMajor = 1;
    this.httpVersionMinor = 1;
    this.httpVersion = '1.1';
    this.url = '/';
    Object.assign(this.headers, fields);
  }

  set onPull(pull: () => void) {
    this.#pull = pull;
  }

  override _read(): void {
    this.#pull();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    callback(error);
  }
}

/** The one http-proxy of an engine. Its events find their attempt through the view they carry. */
export function createProxy(): ProxyServer {
  const proxy = new ProxyServer({ selfHandleResponse: true, toProxy: true, prependPath: false });
  proxy.on('proxyReq', (request, view, _response, _options, socket) => {
    if (view instanceof RequestView) view.reports.requestMade(request, socket);
  });
  proxy.on('proxyRes', (message, view) => {
    if (view instanceof RequestView) view.reports.answered(message);
  });
  proxy.on('econnreset', (error, view) => {
    if (view instanceof RequestView) view.reports.broke(error);
  });
  return proxy;
}
