import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { onCleanup } from './cleanup.ts';
import { TempDir } from './temp.ts';

/** An authority and what it signs, made now and removed after the test. */
export class Authority {
  readonly caFile: string;
  readonly #dir: TempDir;
  readonly #key: string;
  #count = 0;

  constructor(t: TestContext, name = 'Headgate test authority') {
    this.#dir = new TempDir(t);
    this.#key = this.#dir.join('ca.key');
    this.caFile = this.#dir.join('ca.pem');
    openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-days',
      '30',
      '-keyout',
      this.#key,
      '-out',
      this.caFile,
      '-subj',
      `/CN=${name}`,
    );
  }

  /** A file with a certificate for these names, its key in the same file. `days` below 0: it has expired. */
  issue(names: readonly string[], days = 2): string {
    const base = this.#dir.join(`leaf${(this.#count += 1)}`);
    const alternative = names.map((name) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)).join(',');
    const extensions = this.#dir.write(
      'leaf.ext',
      `subjectAltName=${alternative}\nbasicConstraints=critical,CA:FALSE\n`,
    );
    openssl('req', '-new', ...NEW_KEY, '-keyout', `${base}.key`, '-out', `${base}.csr`, '-subj', '/CN=leaf');
    const by = ['-CA', this.caFile, '-CAkey', this.#key, '-CAcreateserial', '-days', String(days)];
    openssl('x509', '-req', '-in', `${base}.csr`, ...by, '-out', `${base}.crt`, '-extfile', extensions);
    return this.#dir.write(
      `${base.split('/').at(-1)}.pem`,
      readFileSync(`${base}.crt`) + readFileSync(`${base}.key`, 'utf8'),
    );
  }
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const;

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}

/** What a server over TLS saw of one request. */
export interface Seen {
  /** Which of its connections it came on, from 1. */
  readonly connection: number;
  readonly sni: string;
  readonly host: string;
  readonly url: string;
  readonly version: string;
  readonly resumed: boolean;
  readonly alpn: string;
  /** The common name of the client's certificate. */
  readonly client: string;
}

export interface TlsOrigin {
  readonly port: number;
  readonly seen: Seen[];
  /** How many handshakes were completed. */
  readonly handshakes: () => number;
}

/** An HTTP server over TLS that answers with the name it was asked for, `sni=NAME`, and echoes after an upgrade. */
export async function tlsOrigin(
  t: TestContext,
  file: string,
  options: TlsOptions = {},
  answer?: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TlsOrigin> {
  const pem = readFileSync(file);
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const numbers = new WeakMap<object, number>();
  let count = 0;
  const server = createServer({ key: pem, cert: pem, ...options });
  const note = (request: IncomingMessage): Seen => {
    const socket = request.socket as TLSSocket & { readonly servername?: string | false };
    const one: Seen = {
      connection: numbers.get(socket) ?? 0,
      sni: socket.servername || '',
      host: request.headers.host ?? '',
      url: request.url ?? '',
      version: socket.getProtocol() ?? '',
      resumed: socket.isSessionReused(),
      alpn: socket.alpnProtocol || '',
      client: String(socket.getPeerCertificate().subject?.CN ?? ''),
    };
    seen.push(one);
    return one;
  };
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('secureConnection', (socket) => numbers.set(socket, (count += 1)));
  server.on('request', (request, response) => {
    const { sni } = note(request);
    if (answer === undefined) response.end(`sni=${sni}`);
    else answer(request, response);
  });
  server.on('upgrade', (request, socket) => {
    note(request);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n');
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onCleanup(t, () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, seen, handshakes: () => count };
}
