import { createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Link } from '@headgate/shared/net/link';
import { socketOf } from '@headgate/shared/net/node/plain-link';
import type { FrontendContext } from '../../exchange/context.ts';
import type { ServerState } from '../../model/backend.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import type { CreateEngine, Engine } from '../contract.ts';
import type { Draining } from '../drain.ts';
import { Deadlines } from '../deadlines.ts';
import { IdleConnections } from '../idle-connections.ts';
import type { OpenSession } from '../open-session.ts';
import { Tunnels } from '../tunnels.ts';
import { parseRequestHead } from '../../http/request-head.ts';
import { parseErrorOf } from './parse-error.ts';
import { ClientConnection, type ConnectionHost } from './client-connection.ts';
import { EarlyBytes } from './early-bytes.ts';
import { requestText } from './heads.ts';
import type { Hooks } from './hooks.ts';
import { createProxy } from './proxy.ts';
import type { ServerLink } from './server-link.ts';

/**
 * The other data path: Node's HTTP server in front, the http-proxy package behind, for those who want its hooks
 * (docs/http-proxy-engine.md). What reaches the package was checked and built here; it sends nothing to a client.
 */
class HttpProxyEngine implements Engine, ConnectionHost {
  context: FrontendContext;
  readonly proxy = createProxy();
  readonly deadlines = new Deadlines();
  readonly idle = new IdleConnections<ServerLink>(this.deadlines);
  readonly tunnels = new Tunnels();
  draining: Draining = 'no';
  readonly #server: Server;
  readonly #connections = new Map<Duplex, ClientConnection>();

  readonly hooks: Hooks;

  constructor(context: FrontendContext, hooks: Hooks) {
    this.context = context;
    this.hooks = hooks;
    this.#server = createHttpServer(this, (request, response, early) => {
      this.#connections.get(request.socket)?.arrived({ request, response, early });
    });
    this.#server.on('clientError', (error, socket) => {
      const connection = this.#connections.get(socket);
      if (connection === undefined) socket.destroy();
      else connection.unreadable(parseErrorOf(error));
    });
  }

  get connections(): number {
    return this.#connections.size;
  }

  serve(link: Link, facts: ConnectionFacts, head: Buffer): void {
    const socket = socketOf(link);
    const connection = new ClientConnection(this, socket, facts);
    this.#connections.set(socket, connection);
    this.deadlines.add(connection);
    connection.begin();
    socket.once('close', () => {
      this.#connections.delete(socket);
      this.deadlines.remove(connection);
    });
    // Read for each connection as it is made.
    Object.assign(this.#server, { maxHeaderSize: this.context.global.maxHeadBytes });
    if (head.length > 0) socket.unshift(head);
    this.#server.emit('connection', socket);
    // Node reads a socket natively until someone else listens too; then every read passes our listener first.
    socket.on('data', (chunk: Buffer) => connection.parsed(chunk));
    socket.resume();
    if (this.draining !== 'no') connection.drain();
  }

  get sessions(): readonly OpenSession[] {
    return [...this.#connections.values()].flatMap(({ session }) => session ?? []);
  }

  retire(server: ServerState, within = this.context.global.drainTimeout): void {
    this.idle.retire(server);
    this.tunnels.retire(server, within);
  }

  moved(server: ServerState): void {
    this.idle.retire(server);
  }

  drain(within?: number, handedOver = false): void {
    this.draining = handedOver ? 'late' : 'soon';
    if (within !== undefined) this.tunnels.drain(within);
    for (const connection of this.#connections.values()) connection.drain();
  }

  close(): void {
    this.draining = 'soon';
    for (const connection of this.#connections.values()) connection.destroy();
    this.idle.close();
  }
}

type Report = (request: IncomingMessage, response: ServerResponse, early: EarlyBytes | undefined) => void;

/** Node's server without its own timers, limits and courtesies: connections are given to it, and it only parses. */
function createHttpServer(engine: { readonly context: FrontendContext }, arrived: Report): Server {
  const server = createServer({
    insecureHTTPParser: false,
    maxHeaderSize: engine.context.global.maxHeadBytes,
    requireHostHeader: false,
    keepAliveTimeout: 0,
    headersTimeout: 0,
    requestTimeout: 0,
    shouldUpgradeCallback(request) {
      const head = parseRequestHead(requestText(request), engine.context.global);
      return !('refused' in head) && head.upgrade !== undefined;
    },
  });
  // Node would drop lines beyond this number in silence: all are kept, and the strict parser counts.
  server.maxHeadersCount = 0;
  // A client that half-closes behind its request still gets its answer.
  Object.assign(server, { httpAllowHalfOpen: true });
  const ordinary = (request: IncomingMessage, response: ServerResponse) => arrived(request, response, undefined);
  server.on('request', ordinary);
  server.on('checkContinue', ordinary);
  server.on('checkExpectation', ordinary);
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.removeAllListeners('data');
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    arrived(request, response, new EarlyBytes(request.socket, head));
  };
  server.on('upgrade', upgrade);
  server.on('connect', upgrade);
  return server;
}

/** Makes engines of frontends (`engine http-proxy`) that call these hooks. */
export function httpProxyEngines(hooks: Hooks): CreateEngine {
  return (context) => new HttpProxyEngine(context, hooks);
}
