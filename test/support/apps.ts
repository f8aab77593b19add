import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Server as SocketIoServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import { onCleanup } from './cleanup.ts';
import { sha256 } from './client.ts';
import { portOf } from './raw.ts';

/** An application's report of a request it received. */
export interface Echo {
  readonly app: string;
  readonly method: string;
  readonly url: string;
  /** Alternating names and values, as received. */
  readonly rawHeaders: readonly string[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bodyBytes: number;
  readonly bodySha256: string;
}

export interface App {
  readonly name: string;
  readonly port: number;
  /** Requests so far, without health checks (OPTIONS). */
  readonly requests: readonly string[];
  /** Requests for /held that wait for release(). */
  readonly held: number;
  release(): void;
  /** The response to health checks. */
  healthy: boolean;
  /** Open connections, and the total so far. */
  connections(): number;
  connectionsEver(): number;
  /** Closes every connection and stops listening. */
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly name?: string;
  /** The previous port, for an application that restarts. */
  readonly port?: number;
  readonly keepAlive?: boolean;
}

/**
 * A small application in this process: pages, WebSocket echo on any upgrade, socket.io on its own path.
 * `/held` waits for release(), `/early` answers before it has read the body, `/chunked`, `/204`, `/304` and
 * `/bytes/N` do what their name says, everything else echoes the request.
 */
export async function startApp(t: TestContext, options: AppOptions = {}): Promise<App> {
  const { name = 'app' } = options;
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let held: ServerResponse[] = [];
  let ever = 0;

  const server = createServer((incoming, outgoing) => {
    incoming.on('error', () => {});
    if (isSocketIo(incoming)) {
      void socketIo().then(() => server.emit('request', incoming, outgoing));
      return;
    }
    if (incoming.method === 'OPTIONS') {
      outgoing.writeHead(app.healthy ? 200 : 503).end();
      return;
    }
    requests.push(`${incoming.method} ${incoming.url}`);
    if (incoming.url?.startsWith('/held') === true) held.push(outgoing);
    else answer(name, incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.keepAliveTimeout = options.keepAlive === false ? 1 : 60_000;
  server.on('connection', (socket: Socket) => {
    ever += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  const echo = new WebSocketServer({ noServer: true });
  let io: Promise<SocketIoServer> | undefined;
  let attached = false;
  // Loading it takes longer than most tests: it is there from the first request for it, and takes that one too.
  const socketIo = (): Promise<SocketIoServer> =>
    (io ??= import('socket.io').then(({ Server }) => {
      const started = new Server(server, { serveClient: false, cors: { origin: '*' } });
      started.on('connection', (client) =>
        client.on('say', (text: unknown, reply: (text: string) => void) => reply(`${name}:${String(text)}`)),
      );
      attached = true;
      return started;
    }));
  server.on('upgrade', (incoming, socket: Socket, head) => {
    if (isSocketIo(incoming)) {
      if (!attached) void socketIo().then(() => server.emit('upgrade', incoming, socket, head));
      return;
    }
    echo.handleUpgrade(incoming, socket, head, (client) => {
      client.on('error', () => {});
      client.on('message', (data, binary) => client.send(data, { binary }));
    });
  });

  const app = {
    name,
    port: 0,
    requests,
    healthy: true,
    get held() {
      return held.length;
    },
    release() {
      for (const outgoing of held.splice(0)) outgoing.end(`${name} released`);
    },
    connections: () => sockets.size,
    connectionsEver: () => ever,
    async stop() {
      held = [];
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await (await io)?.close().catch(() => {});
      await closed.catch(() => {});
    },
  };
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  app.port = portOf(server.address());
  onCleanup(t, () => app.stop());
  return app;
}

function isSocketIo({ url }: IncomingMessage): boolean {
  return url?.startsWith('/socket.io/') === true;
}

async function answer(app: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { pathname } = new URL(`http://app${incoming.url ?? '/'}`);
  const [, kind = '', size = '0'] = pathname.split('/');
  switch (kind) {
    case 'early':
      outgoing.writeHead(413, { 'content-length': 9 }).end('too large');
      return;
    case 'chunked':
      outgoing.writeHead(200, { 'content-type': 'text/plain' });
      for (const part of ['one ', 'two ', 'three']) outgoing.write(part);
      outgoing.end();
      return;
    case '204':
    case '304':
      outgoing.writeHead(Number(kind)).end();
      return;
    case 'bytes': {
      const bytes = pattern(Number(size));
      outgoing.writeHead(200, { 'content-length': bytes.length, 'x-sha256': sha256(bytes) }).end(bytes);
      return;
    }
    default:
  }
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const body = Buffer.concat(chunks);
  const echo: Echo = {
    app,
    method: incoming.method ?? '',
    url: incoming.url ?? '',
    rawHeaders: incoming.rawHeaders,
    headers: incoming.headers,
    bodyBytes: body.length,
    bodySha256: sha256(body),
  };
  const text = JSON.stringify(echo);
  outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
}

/** `size` bytes with a period of 64 KiB plus one, so that a lost or duplicated block is detected. */
export function pattern(size: number): Buffer {
  const block = Buffer.alloc(65_537);
  for (let i = 0, state = 1; i < block.length; i += 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    block[i] = state >> 16;
  }
  return Buffer.alloc(size, block);
}

/** The echo in an answer's body. */
export function echoOf(answer: { readonly text: string }): Echo {
  return JSON.parse(answer.text) as Echo;
}
