import type { Socket } from 'node:net';
import type { Exchange } from '../../exchange/exchange.ts';
import { connectFailure, failures, type Failure } from '../../model/failure.ts';
import type { Backend } from '../../model/snapshot.ts';
import type { ServerState } from '../../model/backend.ts';
import type { ConnectionFacts } from '../../model/facts.ts';
import type { FrontendContext } from '../../exchange/context.ts';
import { idempotent } from '../../http/methods.ts';
import { switchingProblem } from '../../http/switching.ts';
import { MANY_CHUNKS } from '../allowance.ts';
import { trackerFor } from './answer-framing.ts';
import { ChunkedBody, INVALID, MORE, type BodyTracker } from '../../http/body.ts';
import type { Deadlines } from '../deadlines.ts';
import { forwardedFor } from '../../http/forwarded.ts';
import { roomForHead, type HeadWriter } from '../../http/head-writer.ts';
import { writeRequestHead } from '../../http/request-writer.ts';
import { writeInterimHead, writeResponseHead, writeSwitchingHead } from '../../http/response-writer.ts';
import { ownership, reach, type Ownership } from '../reuse.ts';
import { onceTaken } from '../taken.ts';
import type { Pool } from './pool.ts';
import type { PrivateConnections } from '../private-connections.ts';
import { proxyHeaderFor } from '../../http/proxy-header.ts';
import type { HeadEdits } from '../../http/head-edits.ts';
import type { WireRequest } from '../../http/request-facts.ts';
import { awaitsContinue, type RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { tellReason } from '../tell-reason.ts';
import type { ServerConnection, ServerUser } from './server-connection.ts';
import { beginHead, writeTogether } from './write.ts';

/** What a forwarding needs of the client's side. */
export interface ForwardingClient {
  readonly socket: Socket;
  readonly context: FrontendContext;
  readonly connection: ConnectionFacts;
  readonly pool: Pool;
  readonly privateConnections: PrivateConnections<ServerConnection>;
  readonly deadlines: Deadlines;
  /** The client's connection ends after this answer, whatever the server says. */
  readonly mustClose: boolean;
  /** Something was asked on the client's connection before this request. */
  readonly served: boolean;
  /** The request's body has been read to its end. */
  readonly requestComplete: boolean;
  /** The request as rules see it; undefined when it is over. */
  readonly facts: WireRequest | undefined;
  /** Takes the body bytes read so far, the same ones again for another attempt; INVALID when their framing broke. */
  takeBody(): Buffer | undefined | typeof INVALID;
  /** Lets the client send on. */
  resumeClient(): void;
  /** Writes to the client; false when it is slower than the server. */
  write(head: HeadWriter | undefined, body: Buffer | undefined): boolean;
  /** Something written to the client is still in memory here. */
  readonly holdsBytes: boolean;
  /** Something of ours went wrong: this client's connection ends, the others go on. */
  broken(error: unknown): void;
  /** The answer is complete. `close`: the client's connection cannot be kept. */
  answerDone(close: boolean): void;
  /** A tunnel is open: `rest` came right behind the server's head. */
  tunnel(connection: ServerConnection, rest: Buffer | undefined): void;
}

const NOTHING = Buffer.alloc(0);

type Phase = 'connecting' | 'head' | 'body' | 'answered' | 'over';

/**
 * One attempt to carry one request to one server and its answer back. Created per attempt, so that a report of an
 * attempt that was given up can never reach the next one. It is long because it is one state machine, and what each
 * report means depends on the phase.
 */
export class Forwarding implements ServerUser {
  readonly #client: ForwardingClient;
  readonly #exchange: Exchange;
  readonly #request: RequestHead;
  readonly #backend: Backend;
  #connection: ServerConnection;
  readonly #reused: boolean;
  readonly #ownership: Ownership;
  #phase: Phase = 'connecting';
  #replayable = false;
  #sawBytes = false;
  #answer: ResponseHead | undefined = undefined;
  #body: BodyTracker | undefined = undefined;
  #dechunk = false;
  #clientClose = false;
  /** A 100 was passed on: the client may send its body. */
  #continued = false;
  /** The client waits for a 100 that will not come, and the answer leaves open whether its body will. */
  #bodyOpen = false;
  /** The answer was complete before its request: what the server makes of the rest is not known. */
  #early = false;

  constructor(
    client: ForwardingClient,
    exchange: Exchange,
    backend: Backend,
    request: RequestHead,
    server: ServerState,
    fresh: boolean,
  ) {
    this.#client = client;
    this.#exchange = exchange;
    this.#request = request;
    this.#backend = backend;
    this.#ownership = ownership(client.context.config.connectionMode, backend, server);
    const kept = fresh ? undefined : this.#kept(server);
    this.#reused = kept !== undefined;
    this.#connection = kept ?? client.pool.open(server, backend.timeouts.connect);
    this.#connection.user = this;
  }

  /** A connection that is there already: one of the client's own comes first, for it may be logged in. */
  #kept(server: ServerState): ServerConnection | undefined {
    if (this.#ownership === 'single') return undefined;
    const { privateConnections, pool, served, requestComplete } = this.#client;
    const own = privateConnections.take(server);
    if (own !== undefined || this.#ownership === 'private') return own;
    return pool.take(server, reach(this.#config(), !served, requestComplete));
  }

  /** Sends at once on a connection that is there. Apart from the constructor, because it may report a failure. */
  start(): void {
    if (this.#reused && !this.#connection.resting) this.serverReady();
  }

  /** More body bytes of the client. */
  sendBody(chunk: Buffer): void {
    if (this.#phase === 'answered' && this.#connection.socket.destroyed) return;
    // When the server is slower than this, the client connection sees it in `blocked` and stops reading.
    this.#connection.socket.write(chunk);
    this.#await();
  }

  /** The client's request is complete. An answer that was already given ends the exchange now. */
  requestDone(): void {
    if (this.#phase === 'answered') this.#finish();
  }

  /** True while no server reads the client's upload, or one that is slower; also behind an attempt, when the next is awaited. */
  get blocked(): boolean {
    return this.#phase === 'connecting' || this.#phase === 'over' || this.#connection.socket.writableNeedDrain;
  }

  /** Something of the upload is still in memory here. */
  get holdsUpload(): boolean {
    return this.#connection.unsent;
  }

  /** The answer is on its way to the client. */
  get answering(): boolean {
    return this.#phase === 'body' || this.#phase === 'answered';
  }

  /** The answer's end is the connection's end: a cut must not look like it. */
  get endsByClose(): boolean {
    const untaken = this.#phase === 'answered' && this.#client.holdsBytes;
    return (this.#phase === 'body' || untaken) && (this.#answer?.framing === 'close' || this.#dechunk);
  }

  /** The client took what was waiting for it. */
  clientDrained(): void {
    if (this.#phase === 'over' || this.#connection.turn.waiting) return;
    this.#connection.socket.resume();
    this.#await();
  }

  /** Gives the attempt up: the server connection ends and reports nothing more. */
  cancel(): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#connection.user = undefined;
    this.#connection.destroy();
  }

  // ---- reports of the server connection --------------------------------------------------------

  serverReady(): void {
    this.#phase = 'head';
    const client = this.#client;
    const connection = this.#connection;
    const body = this.#request.mayTunnel ? undefined : client.takeBody();
    if (body === INVALID) return this.#fail(failures.clientGarbled, false);
    this.#exchange.connected(this.#reused);
    connection.uses += 1;
    connection.loggedIn ||= this.#request.logsIn || this.#client.facts?.edits?.logsIn === true;
    this.#await();
    this.#replayable = client.requestComplete;
    const { sendProxy } = connection.server.config;
    if (sendProxy !== 0 && connection.uses === 1) connection.socket.write(proxyHeaderFor(client.connection, sendProxy));
    const accepted = writeTogether(connection.socket, this.#requestHead(), body);
    if (client.requestComplete) return;
    if (accepted) client.resumeClient();
  }

  /** The request's head for this server, with what the next hop is told. */
  #requestHead(): HeadWriter {
    const { context, facts } = this.#client;
    const request = this.#request;
    const added = facts === undefined ? undefined : forwardedFor(context.config, this.#config(), facts);
    const extra = added === undefined ? '' : `${added[0]}: ${added[1]}\r\n`;
    const edits = facts?.edits;
    const sent = beginHead(roomForHead(request.lines, edits) + extra.length);
    writeRequestHead(sent, request, edits, extra, this.#ownership === 'single');
    return sent;
  }

  serverData(chunk: Buffer): boolean {
    this.#sawBytes = true;
    try {
      if (this.#phase === 'body') this.#relay(chunk, 0);
      else if (this.#phase === 'head') this.#readHead(chunk);
      // Bytes behind a complete answer belong to no request: the connection is not to be trusted.
      else this.#connection.destroy();
    } catch (error) {
      this.#client.broken(error);
    }
    return this.#client.holdsBytes;
  }

  serverEnded(): void {
    if (this.#phase === 'head') return this.#diedBeforeAnswer();
    if (this.#phase === 'body') {
      if (this.#answer?.framing !== 'close') return this.#fail(failures.serverCut, false);
      this.#connection.destroy();
      return this.#complete();
    }
    if (this.#phase === 'answered') this.#connection.destroy();
  }

  serverClosed(error: NodeJS.ErrnoException | undefined): void {
    switch (this.#phase) {
      case 'connecting':
        // It was resting, and ended before anything of this request was sent.
        if (this.#reused) {
          this.#phase = 'over';
          return this.#exchange.staleConnection(true, true);
        }
        return this.#fail(connectFailure(error?.code), true, error?.message ?? 'closed');
      case 'head':
        return this.#diedBeforeAnswer();
      case 'body':
        return this.#fail(failures.serverCut, false);
      case 'answered':
        return this.#client.resumeClient();
      case 'over':
    }
  }

  serverDrained(): void {
    if (!this.#client.requestComplete) this.#client.resumeClient();
  }

  serverTurn(): void {
    try {
      if (this.#phase === 'head') this.#readHead(NOTHING);
    } catch (error) {
      return this.#client.broken(error);
    }
    const { socket, turn } = this.#connection;
    if (turn.waiting || this.#client.socket.writableNeedDrain || this.#phase === 'over') return;
    socket.resume();
    this.#await();
  }

  serverTimedOut(): void {
    if (this.#phase === 'connecting')
      return this.#fail(failures.connectTimeout, true, 'no answer within timeout connect');
    if (this.#phase === 'head') return this.#fail(failures.serverTimeout, this.#replayable);
    if (this.#phase === 'body') return this.#fail(failures.serverStalled, false);
    if (this.#phase === 'answered') this.#connection.destroy();
  }

  // ---- the answer ------------------------------------------------------------------------------

  #readHead(chunk: Buffer): void {
    const { answers, turn, socket } = this.#connection;
    for (
      let bytes: Buffer | undefined = chunk;
      bytes !== undefined && this.#phase === 'head';
      bytes = answers.takeRest()
    ) {
      // Interim answers need not end, and a read can hold thousands of them.
      if (bytes !== chunk && !turn.spend()) {
        answers.hold(bytes);
        return void socket.pause();
      }
      const head = answers.read(bytes, this.#request.method, this.#client.context.global);
      if (head === undefined) return;
      if (typeof head === 'string') return this.#fail(failures.serverInvalid, this.#replayable, head);
      if (head.status >= 200 || head.status === 101) return this.#finalHead(head, answers.takeRest());
      this.#continued ||= head.status === 100;
      // A client that does not take them stops the server here too: interim answers need not end.
      if (this.#request.version === '1.1') {
        const interim = beginHead(roomForHead(head.lines, undefined));
        writeInterimHead(interim, head, undefined);
        if (!this.#client.write(interim, undefined)) this.#connection.socket.pause();
      }
      this.#await();
    }
  }

  #finalHead(head: ResponseHead, rest: Buffer | undefined): void {
    const { method, upgrade } = this.#request;
    if (head.status === 101) {
      const problem = switchingProblem(head, upgrade);
      if (problem !== undefined) return this.#fail(failures.serverInvalid, false, problem);
      return this.#switch(head, writeSwitchingHead, rest);
    }
    // Like an interim answer it can have no framing (RFC 9110 §9.3.6).
    if (method === 'CONNECT' && head.status < 300) return this.#switch(head, writeInterimHead, rest);
    if (this.#exchange.answered(head, this.#replayable) !== 'pass') return this.cancel();
    const edits = this.#exchange.answerEdits;
    this.#answer = head;
    this.#connection.loggedIn ||= head.asksForLogin;
    const client = this.#client;
    this.#dechunk = head.framing === 'chunked' && this.#request.version === '1.0';
    this.#bodyOpen =
      !client.requestComplete &&
      !this.#continued &&
      this.#exchange.bytesFromClient === 0 &&
      awaitsContinue(this.#request);
    this.#clientClose =
      client.mustClose || !this.#request.keepAlive || head.framing === 'close' || this.#dechunk || this.#bodyOpen;
    // What comes behind a refused CONNECT may have been meant for the tunnel.
    this.#clientClose ||= method === 'CONNECT';
    const whole = head.framing === 'length' && rest?.length === head.contentLength;
    this.#body = whole ? undefined : trackerFor(head, client.context.global.maxHeadBytes);
    this.#phase = 'body';
    const sent = beginHead(roomForHead(head.lines, edits));
    writeResponseHead(sent, head, edits, { version: this.#request.version, close: this.#clientClose });
    if (this.#body === undefined) {
      this.#write(sent, whole ? rest : undefined);
      return this.#complete(rest !== undefined && !whole);
    }
    if (rest === undefined) return this.#write(sent, undefined);
    this.#relay(rest, 0, sent);
  }

  /** Passes body bytes on; `head` goes in front of them in the same write. */
  #relay(chunk: Buffer, start: number, head?: HeadWriter): void {
    const body = this.#body;
    if (body === undefined) return;
    this.#await();
    const chunks = body instanceof ChunkedBody ? body.chunks : 0;
    if (this.#dechunk && body instanceof ChunkedBody) this.#relayContent(body, chunk, start, head);
    else this.#relayBytes(body, chunk, start, head);
    if (!(body instanceof ChunkedBody) || body.chunks - chunks < MANY_CHUNKS || this.#phase !== 'body') return;
    this.#connection.turn.pass();
    this.#connection.socket.pause();
  }

  #relayBytes(body: BodyTracker, chunk: Buffer, start: number, head: HeadWriter | undefined): void {
    const end = body.feed(chunk, start);
    if (end === INVALID) return this.#garbled(head);
    this.#write(head, body.passable(chunk, start, end === MORE ? chunk.length : end));
    if (end !== MORE) this.#complete(end < chunk.length);
  }

  /** The same for a client that knows no chunks: only their content. */
  #relayContent(body: ChunkedBody, chunk: Buffer, start: number, head: HeadWriter | undefined): void {
    const pieces: Buffer[] = [];
    body.onContent = (bytes, from, to) => pieces.push(bytes.subarray(from, to));
    const end = body.feed(chunk, start);
    if (end === INVALID) return this.#garbled(head);
    this.#write(head, Buffer.concat(pieces));
    if (end !== MORE) this.#complete(end < chunk.length);
  }

  #garbled(head: HeadWriter | undefined): void {
    // Nothing was sent if the head was still held back, but the exchange already counts as answered.
    if (head !== undefined) this.#exchange.unanswered();
    this.#fail(failures.serverGarbled, false, 'broken chunk in the answer');
  }

  #write(head: HeadWriter | undefined, body: Buffer | undefined): void {
    this.#exchange.countSent((head?.length ?? 0) + (body?.length ?? 0));
    if (this.#client.write(head, body)) return;
    // The client is the slower one: its own timeout counts now, not the server's.
    this.#connection.socket.pause();
    this.#await();
  }

  /** `timeout server` runs while the server may speak, or has to read; behind its answer only while an upload waits for it. */
  #await(): void {
    const { socket } = this.#connection;
    const speaks = this.#phase !== 'answered' && !socket.isPaused();
    this.#connection.deadline =
      speaks || socket.writableNeedDrain ? this.#client.deadlines.in(this.#config().timeouts.server) : 0;
  }

  /** The answer is complete; the server connection may serve again once the request is complete too. */
  #complete(surplus = false): void {
    this.#phase = 'answered';
    if (surplus || this.#bodyOpen) this.#connection.destroy();
    if (this.#client.requestComplete || this.#bodyOpen) return this.#finish();
    this.#early = true;
    // Its end is the connection's end, and may be what the client waits for.
    if (this.#answer?.framing === 'close' || this.#dechunk)
      onceTaken(this.#client.socket, () => this.#client.socket.end());
    this.#await();
  }

  #finish(): void {
    this.#phase = 'over';
    const connection = this.#connection;
    connection.user = undefined;
    connection.deadline = 0;
    const keep =
      this.#ownership !== 'single' &&
      this.#answer?.keepAlive === true &&
      connection.alive &&
      !this.#early &&
      !this.#upgradeRefused();
    if (keep) {
      if (connection.socket.isPaused()) connection.socket.resume();
      this.#keep(connection, this.#answer?.idleTimeout ?? 0);
    } else connection.destroy();
    this.#client.answerDone(this.#clientClose);
  }

  #keep(connection: ServerConnection, said: number): void {
    if (this.#ownership === 'shared' && !connection.loggedIn) return this.#client.pool.keep(connection, said);
    if (this.#clientClose) return connection.destroy();
    this.#client.privateConnections.keep(connection, said);
  }

  #switch(
    head: ResponseHead,
    write: (writer: HeadWriter, head: ResponseHead, edits: HeadEdits | undefined) => void,
    rest: Buffer | undefined,
  ): void {
    if (this.#exchange.answered(head, false) !== 'pass') return this.cancel();
    const edits = this.#exchange.answerEdits;
    this.#phase = 'over';
    const sent = beginHead(roomForHead(head.lines, edits));
    write(sent, head, edits);
    this.#write(sent, undefined);
    this.#client.tunnel(this.#connection, rest);
  }

  // ---- the ways it fails -----------------------------------------------------------------------

  #diedBeforeAnswer(): void {
    const stale = this.#reused && !this.#sawBytes;
    this.cancel();
    if (stale) this.#exchange.staleConnection(this.#replayable && idempotent.has(this.#method), this.#replayable);
    // A head that was cut off is an empty response too, as in HAProxy: the client has seen nothing of it.
    else this.#exchange.failed(failures.serverClosed, this.#replayable);
  }

  #fail(failure: Failure, replayable: boolean, reason?: string): void {
    if (this.#phase === 'over') return;
    // An abort must still know how the answer would have ended: tell the exchange before the attempt is over.
    this.#connection.user = undefined;
    this.#connection.destroy();
    if (reason !== undefined)
      tellReason(this.#client.context, this.#connection.server, this.#phase === 'connecting', reason);
    this.#exchange.failed(failure, replayable);
    this.#phase = 'over';
  }

  /** The method the server was asked with. */
  get #method(): string {
    return this.#client.facts?.method ?? this.#request.method;
  }

  #config(): Backend {
    return this.#backend;
  }

  /** After a refused upgrade the two sides may differ on what follows: such a connection is not used again. */
  #upgradeRefused(): boolean {
    return this.#request.mayTunnel;
  }
}
