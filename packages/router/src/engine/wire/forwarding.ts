import type { LinkError } from '@headgate/shared/net/link';
import { nameFor } from '../../connect/dial.ts';
import { NO_CONNECTION, noteRefusal } from '../../connect/refusal.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { INVALID } from '../../http/body.ts';
import type { HeadEdits } from '../../http/head-edits.ts';
import { roomForHead, type HeadWriter } from '../../http/head-writer.ts';
import { NO_BODY } from '../../http/held-body.ts';
import { idempotent } from '../../http/methods.ts';
import type { RequestHead } from '../../http/request-head.ts';
import type { ResponseHead } from '../../http/response-head.ts';
import { writeInterimHead, writeSwitchingHead } from '../../http/response-writer.ts';
import { switchingProblem } from '../../http/switching.ts';
import type { ServerState } from '../../model/backend.ts';
import { connectFailure, failures, type Failure } from '../../model/failure.ts';
import type { Backend } from '../../model/snapshot.ts';
import { keepInvalid, wholeHead, type Wrong } from '../keep-invalid.ts';
import { ownership, type Ownership } from '../reuse.ts';
import { awaitServer, explainFailure, letGo, type Attempt } from './attempt.ts';
import { Delivery } from './delivery.ts';
import type { ForwardingClient } from './forwarding-client.ts';
import { keptConnection } from './kept-connection.ts';
import { requestOut, routeOf } from './request-out.ts';
import type { ServerConnection, ServerUser } from './server-connection.ts';
import { beginHead } from './write.ts';

const NOTHING = Buffer.alloc(0);

/** `delivering`: the final head is here, and the rest is the delivery's. */
type Phase = 'connecting' | 'head' | 'delivering' | 'over';

/**
 * One attempt to carry one request to one server: connects, sends, and reads heads up to the final one, whose delivery is a state machine of
 * its own. Created per attempt, so that a report of an attempt that was given up can never reach the next one.
 */
export class Forwarding implements ServerUser, Attempt {
  readonly client: ForwardingClient;
  readonly exchange: Exchange;
  readonly request: RequestHead;
  readonly backend: Backend;
  readonly connection: ServerConnection;
  readonly ownership: Ownership;
  replayable = false;
  continued = false;
  readonly #reused: boolean;
  #phase: Phase = 'connecting';
  #sawBytes = false;
  #delivery: Delivery | undefined = undefined;

  constructor(
    client: ForwardingClient,
    exchange: Exchange,
    backend: Backend,
    request: RequestHead,
    server: ServerState,
    fresh: boolean,
  ) {
    this.client = client;
    this.exchange = exchange;
    this.request = request;
    this.backend = backend;
    this.ownership = ownership(client.context.config.connectionMode, backend, server, exchange);
    const name = nameFor(server.config, exchange);
    const kept = fresh ? undefined : keptConnection(client, backend, server, this.ownership, name);
    this.#reused = kept !== undefined;
    this.connection = kept ?? client.host.pool.open(server, backend.timeouts.connect, routeOf(exchange, server, name));
    this.connection.user = this;
  }

  /** Sends at once on a connection that is there. Apart from the constructor, because it may report a failure. */
  start(): void {
    if (this.#reused && !this.connection.resting) this.serverReady();
  }

  /** The server is told that its connection ends after this request. */
  #announcesEnd(): boolean {
    return this.ownership === 'single' && !this.backend.pretendKeepAlive;
  }

  /** More body bytes of the client. */
  sendBody(chunk: Buffer): void {
    if (this.#delivery?.phase === 'complete' && this.connection.link.closed) return;
    // When the server is slower than this, the carrier sees it in `blocked` and the client is not read.
    this.connection.link.write(chunk);
    if (this.#delivery === undefined) awaitServer(this, true);
    else this.#delivery.await();
  }

  /** The client's request is complete. An answer that was already given ends the exchange now. */
  requestDone(): void {
    this.#delivery?.requestDone();
  }

  /** True while no server reads the client's upload, or one that is slower; also behind an attempt, when the next is awaited. */
  get blocked(): boolean {
    const over = this.#phase === 'over' || this.#delivery?.phase === 'over';
    return this.#phase === 'connecting' || over || this.connection.link.full;
  }

  /** Something of the upload is still in memory here. */
  get holdsUpload(): boolean {
    return this.connection.unsent;
  }

  /** The answer is on its way to the client. */
  get answering(): boolean {
    const phase = this.#delivery?.phase;
    return phase === 'body' || phase === 'compressing' || phase === 'complete';
  }

  /** The answer's end is the connection's end: a cut must not look like it. */
  get endsByClose(): boolean {
    return this.#delivery?.endsByClose === true;
  }

  /** The client took what was waiting for it. */
  clientDrained(): void {
    if (this.#delivery === undefined) this.#readOn();
    else this.#delivery.clientDrained();
  }

  /** Reads more of the server, unless its turn or the client has to come first: each of them calls this when it has. */
  #readOn(): void {
    const { link, turn } = this.connection;
    if (turn.waiting || this.client.host.link.full || this.#phase === 'over') return;
    link.resume();
    awaitServer(this, true);
  }

  /** Gives the attempt up: the server connection ends and reports nothing more. */
  cancel(): void {
    if (this.#delivery !== undefined) return this.#delivery.cancel();
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    letGo(this);
  }

  // ---- reports of the server connection, up to the final head -----------------------------------

  serverReady(): void {
    this.#phase = 'head';
    const { client, connection, request } = this;
    const body = request.mayTunnel ? undefined : client.takeBody();
    if (body === INVALID) return this.#fail(failures.clientGarbled, false);
    this.exchange.connected(this.#reused, connection.link);
    connection.uses += 1;
    connection.loggedIn ||= request.logsIn || client.facts.edits?.logsIn === true;
    awaitServer(this, true);
    this.replayable = client.requestComplete;
    const head = requestOut(client, this.exchange, connection, this.backend, request, this.#announcesEnd());
    const accepted = connection.write(head, body);
    if (accepted && !client.requestComplete) client.resumeClient();
  }

  serverData(chunk: Buffer): boolean {
    this.#sawBytes = true;
    try {
      if (this.#phase === 'head') this.#readHead(chunk);
      // Bytes that no request asked for: the connection is not to be trusted.
      else this.connection.destroy();
    } catch (error) {
      this.client.host.broken(error);
    }
    return this.client.host.link.waiting > 0;
  }

  serverEnded(): void {
    if (this.#phase === 'head') this.#diedBeforeAnswer();
  }

  serverClosed(error: LinkError | undefined): void {
    if (this.#phase === 'head') return this.#diedBeforeAnswer();
    if (this.#phase !== 'connecting') return;
    // It was resting, and ended before anything of this request was sent.
    if (this.#reused) {
      this.#phase = 'over';
      return this.exchange.staleConnection(true, true);
    }
    this.#fail(connectFailure(error?.code), true, noteRefusal(this.exchange, error));
  }

  serverDrained(): void {
    if (!this.client.requestComplete) this.client.resumeClient();
  }

  serverTurn(): void {
    try {
      if (this.#phase === 'head') this.#readHead(NOTHING);
    } catch (error) {
      return this.client.host.broken(error);
    }
    if (this.#delivery === undefined) this.#readOn();
    else this.#delivery.readOn();
  }

  serverTimedOut(): void {
    if (this.#phase === 'connecting')
      return this.#fail(failures.connectTimeout, true, noteRefusal(this.exchange, NO_CONNECTION));
    if (this.#phase === 'head') this.#fail(failures.serverTimeout, this.replayable);
  }

  // ---- the head of the answer ------------------------------------------------------------------

  #readHead(chunk: Buffer): void {
    const { answers, turn, link } = this.connection;
    for (
      let bytes: Buffer | undefined = chunk;
      bytes !== undefined && this.#phase === 'head';
      bytes = answers.takeRest()
    ) {
      // Interim answers need not end, and a read can hold thousands of them.
      if (bytes !== chunk && !turn.spend()) {
        answers.hold(bytes);
        return link.pause();
      }
      const head = answers.read(bytes, this.request.method, this.client.context.global);
      if (head === undefined) return;
      if ('refused' in head) return this.#invalid(head, this.replayable);
      if (head.status >= 200 || head.status === 101) return this.#finalHead(head, answers.takeRest());
      this.continued ||= head.status === 100;
      // A client that does not take them stops the server here too: interim answers need not end.
      if (this.request.version === '1.1') {
        const interim = beginHead(roomForHead(head.lines, undefined));
        writeInterimHead(interim, head, undefined);
        if (!this.client.write(interim, undefined)) link.pause();
      }
      awaitServer(this, true);
    }
  }

  #finalHead(head: ResponseHead, rest: Buffer | undefined): void {
    const { method, upgrade } = this.request;
    if (head.status === 101) {
      const problem = switchingProblem(head, upgrade);
      if (problem !== undefined) return this.#invalid(wholeHead(head.lines, problem), false);
      return this.#switch(head, writeSwitchingHead, rest);
    }
    // Like an interim answer it can have no framing (RFC 9110 §9.3.6).
    if (method === 'CONNECT' && head.status < 300) return this.#switch(head, writeInterimHead, rest);
    this.#phase = 'delivering';
    this.#delivery = new Delivery(this, head, rest);
    this.#delivery.begin();
  }

  /** The server changes protocols: what follows is a tunnel. */
  #switch(
    head: ResponseHead,
    write: (writer: HeadWriter, head: ResponseHead, edits: HeadEdits | undefined) => void,
    rest: Buffer | undefined,
  ): void {
    const { client, exchange, connection } = this;
    if (exchange.answered(head, false, { body: NO_BODY }) !== 'pass') return this.cancel();
    const edits = exchange.answerEdits;
    this.#phase = 'over';
    const sent = beginHead(roomForHead(head.lines, edits));
    write(sent, head, edits);
    exchange.countSent(sent.length);
    if (!client.write(sent, undefined)) connection.link.pause();
    client.tunnel(connection, rest);
  }

  // ---- the ways it fails -----------------------------------------------------------------------

  #diedBeforeAnswer(): void {
    const { client, exchange, replayable } = this;
    const stale = this.#reused && !this.#sawBytes;
    this.cancel();
    if (stale) exchange.staleConnection(replayable && idempotent.has(client.facts.method), replayable);
    // A head that was cut off is an empty response too, as in HAProxy: the client has seen nothing of it.
    else exchange.failed(failures.serverClosed, replayable);
  }

  #invalid(wrong: Wrong, replayable: boolean): void {
    keepInvalid(this.exchange, wrong, this.connection.server);
    this.#fail(failures.serverInvalid, replayable, wrong.reason);
  }

  #fail(failure: Failure, replayable: boolean, reason?: string): void {
    if (this.#phase === 'over') return;
    letGo(this);
    explainFailure(this, this.#phase === 'connecting', reason);
    this.exchange.failed(failure, replayable);
    this.#phase = 'over';
  }
}
