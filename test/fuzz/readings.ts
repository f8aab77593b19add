import { Server } from 'node:http';
import { Duplex } from 'node:stream';
import { ChunkedBody, INVALID, LengthBody, MORE, type BodyTracker } from '@headgate/router/http/body';
import { parseRequestHead } from '@headgate/router/http/request-head';

/** One request as a parser read it: enough to see two parsers disagree. Bodies are latin1. */
export interface Reading {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly string[];
  body: string;
  complete: boolean;
}

/** The requests read from one connection, and whether the rest was refused. */
export interface Readings {
  readonly requests: readonly Reading[];
  readonly refused: boolean;
}

const LIMITS = { maxHeadBytes: 15_360, maxHeaders: 100 };

/** How the wire engine's parser reads the bytes: the same steps as its client connection, without sockets. */
export function ours(bytes: Buffer): Readings {
  const requests: Reading[] = [];
  let rest = bytes;
  for (;;) {
    let start = 0;
    while (start < 4 && rest[start] === 13 && rest[start + 1] === 10) start += 2;
    const end = rest.indexOf('\r\n\r\n', start);
    if (end === -1) return { requests, refused: false };
    const head = parseRequestHead(rest.toString('latin1', start, end + 4), LIMITS);
    if ('refused' in head) return { requests, refused: true };
    rest = rest.subarray(end + 4);
    const { method, target, version, fields, framing, contentLength, keepAlive, mayTunnel } = head;
    const headers = fields.names.flatMap((name, at) => [name, fields.values[at] ?? '']);
    const reading: Reading = { method, target, version, headers, body: '', complete: framing === 'none' };
    requests.push(reading);
    if (framing !== 'none') {
      const end = readBody(
        reading,
        rest,
        framing === 'length' ? new LengthBody(contentLength) : new ChunkedBody(LIMITS.maxHeadBytes, { request: true }),
      );
      if (end === INVALID) return { requests, refused: true };
      if (end === MORE) return { requests, refused: false };
      rest = rest.subarray(end);
    }
    if (!keepAlive || mayTunnel || rest.length === 0) return { requests, refused: false };
  }
}

function readBody(reading: Reading, bytes: Buffer, tracker: BodyTracker): number {
  if (tracker instanceof ChunkedBody)
    tracker.onContent = (chunk, from, to) => (reading.body += chunk.toString('latin1', from, to));
  const end = tracker.feed(bytes, 0);
  if (tracker instanceof LengthBody) reading.body = bytes.toString('latin1', 0, end === MORE ? bytes.length : end);
  reading.complete = tracker.complete;
  return end;
}

/** How Node's own server reads the same bytes, with its default strictness. One server reads connection after connection. */
export class NodeReader {
  readonly #server = new Server({
    insecureHTTPParser: false,
    keepAliveTimeout: 0,
    requestTimeout: 0,
    headersTimeout: 0,
  });
  #requests: Reading[] = [];
  #refused = false;

  constructor() {
    this.#server.on('request', (incoming, outgoing) => {
      const { method = '', url = '', httpVersion, rawHeaders } = incoming;
      const headers = rawHeaders.map((text, at) => (at % 2 === 0 ? text.toLowerCase() : text));
      const reading: Reading = { method, target: url, version: httpVersion, headers, body: '', complete: false };
      this.#requests.push(reading);
      incoming.on('data', (chunk: Buffer) => (reading.body += chunk.toString('latin1')));
      incoming.on('end', () => (reading.complete = incoming.complete));
      incoming.on('error', () => {});
      outgoing.on('error', () => {});
      outgoing.end();
    });
    for (const expectation of ['checkContinue', 'checkExpectation']) {
      this.#server.on(expectation, (incoming, outgoing) => this.#server.emit('request', incoming, outgoing));
    }
    this.#server.on('clientError', () => (this.#refused = true));
  }

  async read(bytes: Buffer): Promise<Readings> {
    this.#requests = [];
    this.#refused = false;
    let written = '';
    const socket = new Duplex({
      read() {},
      write(chunk: Buffer, _, done) {
        written += chunk.toString('latin1');
        done();
      },
    });
    socket.on('error', () => {});
    this.#server.emit('connection', socket);
    socket.push(bytes);
    // No IO is involved: after a few turns of the loop everything has been read.
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    return { requests: this.#requests, refused: this.#refused || /^HTTP\/1\.1 (400|431) /m.test(written) };
  }
}
