import { createHash } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';
import { settled } from './until.ts';

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  /** The local loopback address. */
  readonly from?: string;
  /** Trusted certificate authority, PEM; needed for https. */
  readonly ca?: string;
  /** The server name in the TLS handshake. */
  readonly servername?: string;
  /** Keep-alive connections to use; without it every request uses a new connection. */
  readonly agent?: http.Agent | https.Agent;
}

export interface ClientResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  /** False when the connection ended before the message did. */
  readonly complete: boolean;
}

/** Sends one request and returns its complete response. */
export function request(url: string, options: RequestOptions = {}): Promise<ClientResponse> {
  return settled(`an answer from ${url}`, exchange(url, options), 20_000);
}

function exchange(url: string, options: RequestOptions): Promise<ClientResponse> {
  const { protocol } = new URL(url);
  const send = protocol === 'https:' ? https.request : http.request;
  return new Promise((resolve, reject) => {
    const outgoing = send(url, {
      method: options.method ?? 'GET',
      agent: options.agent ?? false,
      ...(options.headers !== undefined && { headers: options.headers }),
      ...(options.from !== undefined && { localAddress: options.from }),
      ...(options.ca !== undefined && { ca: options.ca }),
      ...(options.servername !== undefined && { servername: options.servername }),
    });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.once('error', () => {});
      incoming.once('close', () => {
        const body = Buffer.concat(chunks);
        const { statusCode = 0, headers, rawHeaders, complete } = incoming;
        resolve({ status: statusCode, headers, rawHeaders, body, text: body.toString('utf8'), complete });
      });
    });
    outgoing.end(options.body);
  });
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
