import { ServerResponse, type ClientRequest, type IncomingMessage, type InformationEvent } from 'node:http';
import type { Socket } from 'node:net';
import type { ProxyServer, ServerOptions } from 'http-proxy';
import type { ServerState } from '../../model/backend.ts';
import type { Backend } from '../../model/snapshot.ts';
import type { FrontendContext } from '../../exchange/context.ts';
import type { Verdict } from '../../exchange/carrier.ts';
import type { Exchange } from '../../exchange/exchange.ts';
import { connectFailure, defectText, failures, type Failure } from '../../model/failure.ts';
import { nameFor } from '../../connect/dial.ts';
import { NO_CONNECTION, noteRefusal } from '../../connect/refusal.ts';
import { addedFields } from '../../http/forwarded.ts';
import type { Deadlines, Timed } from '../deadlines.ts';
import { greetingFor } from '../../http/proxy-header.ts';
import { parseResponseHead, type ResponseHead } from '../../http/response-head.ts';
import { tellReason } from '../tell-reason.ts';
import { bodyLength, HeldBody, NO_BODY } from '../../http/held-body.ts';
import type { BodyWait } from '../../model/evaluation.ts';
import type { BodySource, BodyView } from '../../model/facts.ts';
import { holdMessage } from './held-message.ts';
import { idempotent } from '../../http/methods.ts';
import { switchingProblem } from '../../http/switching.ts';
import type { IdleConnections } from '../idle-connections.ts';
import { keepInvalid, type Wrong } from '../keep-invalid.ts';
import { ownership, type Ownership } from '../reuse.ts';
import { answerText, serverFields, type AnswerParts } from './heads.ts';
import { RequestView, type ProxyReports } from './proxy.ts';
import type { AttemptClient } from './attempt-client.ts';
import { parseErrorOf } from './parse-error.ts';
import { callProxyReq, callProxyRes, type Hooks } from './hooks.ts';
import { keptLink } from './kept-link.ts';
import { ServerLink } from './server-link.ts';

/** What all attempts of an engine share. */
export interface AttemptHost {
  readonly context: FrontendContext;
  readonly proxy: ProxyServer;
  readonly idle: IdleConnections<ServerLink>;
  readonly deadlines: Deadlines;
  readonly hooks: Hooks;
}

type Phase = 'connecting' | 'head' | 'held' | 'body' | 'over';

/**
 * One attempt to carry a request to one server through http-proxy. After `cancel` it reports nothing more. It is long because it is one
 * state machine, the counterpart of wire/forwarding.ts and wire/delivery.ts.
 */
export class Attempt implements Timed, ProxyReports, BodySource {
  deadline = 0;
  readonly #host: AttemptHost;
  readonly #client: AttemptClient;
  readonly #exchange: Exchange;
  readonly #backend: Backend;
  readonly #server: ServerState;
  readonly #ownership: Ownership;
  readonly #link: ServerLink;
  readonly #replayable: boolean;
  readonly #view: RequestView;
  readonly #emptyHost: boolean;
  #request: ClientRequest | undefined = undefined;
  #message: IncomingMessage | undefined = undefined;
  /** The head of its answer, and what has come of its body while rules look at it. */
  #answer: ResponseHead | undefined = undefined;
  #held: HeldBody | undefined = undefined;
  #headBytes = 0;
  #sawBytes = false;
  #idleTimeout = 0;
  /** The answer was whole before the last read. */
  #whole = false;
  /** Something came behind the answer: it must not answer the next request. */
  #surplus = false;
  #phase: Phase = 'connecting';
  /** The server waits for the client: it is not to blame for the time. */
  #delayed = false;

  constructor(
    host: AttemptHost,
    client: AttemptClient,
    exchange: Exchange,
    backend: Backend,
    server: ServerState,
    fresh: boolean,
  ) {
    this.#host = host;
    this.#client = client;
    this.#exchange = exchange;
    this.#backend = backend;
    this.#server = server;
    const { head, request } = client;
    this.#replayable = head.framing === 'none' && !head.mayTunnel;
    this.#ownership = ownership(exchange.context.config.connectionMode, backend, server, exchange);
    const name = nameFor(server.config, exchange);
    const kept = fresh ? undefined : keptLink(host.idle, client, backend, server, this.#ownership, name);
    this.#link =
      kept ??
      new ServerLink(server, host.deadlines, {
        wanted: exchange.connection.destination,
        name,
        greeting: greetingFor(exchange, server.config),
      });
    const edits = client.facts.edits;
    this.#link.loggedIn ||= head.logsIn || edits?.logsIn === true;
    const added = addedFields(exchange.context.config, backend, exchange.facts);
    const fields = serverFields(
      request.rawHeaders,
      head,
      edits,
      added,
      this.#ownership === 'single' && !this.#backend.pretendKeepAlive,
    );
    this.#view = new RequestView(request.socket, this, fields);
    this.#emptyHost = Object.entries(fields).some(([name, value]) => value === '' && name.toLowerCase() === 'host');
  }

  start(): void {
    this.#host.deadlines.add(this);
    this.deadline = this.#host.deadlines.in(this.#backend.timeouts.connect);
    this.#link.begin({
      ready: () => (this.#phase === 'connecting' ? this.#send() : undefined),
      // It was resting, and ended before anything of this request was sent.
      gone: () => {
        if (this.#phase !== 'connecting') return;
        this.cancel();
        this.#exchange.staleConnection(true, true);
      },
      failed: (error) => this.broke(error ?? new Error('the connection was closed')),
    });
  }

  #send(): void {
    const { address } = this.#server.config;
    this.#link.uses += 1;
    const options: ServerOptions = {
      target:
        address.kind === 'unix'
          ? { host: 'localhost', port: 0, socketPath: address.path }
          : { host: address.host, port: address.port },
      method: this.#client.facts.method,
      agent: this.#link,
      // Not TLS: the one option whose fields reach http.request as they are.
      ssl: { maxHeaderSize: this.#exchange.context.global.maxHeadBytes },
    };
    try {
      // The response http-proxy is given is never written to: we send the answer ourselves (`selfHandleResponse`).
      this.#host.proxy.web(this.#view, new ServerResponse(this.#view), options, (error) => this.broke(error));
    } catch (error) {
      this.#defect(error);
    }
  }

  /** An error of ours, or of a hook: this request ends by it, the others go on. */
  #defect(error: unknown): void {
    this.#exchange.context.report('err', defectText(error));
    this.#fail(failures.internal, false);
  }

  /** Gives the attempt up; its server connection ends. */
  cancel(): void {
    if (this.#phase === 'over') return;
    this.#finish();
    this.#request?.destroy();
    this.#link.destroy();
  }

  /** The answer waits for its client, or no longer does. */
  waitsForClient(waiting: boolean): void {
    this.#delayed = waiting;
    this.#touch();
  }

  /** The answer has come to its end: with `keepAlive` the connection stays with the agent, unless the request still goes on. */
  completed(keepAlive: boolean): void {
    if (!this.#client.requestComplete) return this.cancel();
    this.#finish();
    const link = this.#link;
    if (this.#surplus || !keepAlive || this.#ownership === 'single') return link.destroy();
    const idle = this.#ownership === 'shared' && !link.loggedIn ? this.#host.idle : this.#client.privateConnections;
    link.keepWhenFree(() => idle.keep(link, this.#idleTimeout));
  }

  /** The body of the answer ended before its end. */
  cut(): void {
    if (this.#phase === 'body') this.#fail(failures.serverCut, false);
  }

  expired(): void {
    if (this.#phase === 'connecting')
      this.#fail(failures.connectTimeout, true, noteRefusal(this.#exchange, NO_CONNECTION));
    else if (this.#phase === 'head') this.#fail(failures.serverTimeout, this.#replayable);
    else if (this.#phase === 'held') this.#fail(failures.serverBodySlow, false);
    else if (this.#phase === 'body') this.#fail(failures.serverStalled, false);
  }

  // ---- what http-proxy reports -----------------------------------------------------------------

  requestMade(request: ClientRequest, socket: Socket): void {
    this.#request = request;
    if (this.#phase === 'over') return void request.destroy();
    request.path = this.#client.facts.target;
    // Node writes the server's address in place of an empty Host, and rules have seen the empty one.
    if (this.#emptyHost) request.setHeader('Host', '');
    // Set late: an Expect known from the beginning would make Node send the head before the path is ours.
    const [expect] = this.#client.facts.header('expect');
    if (expect !== undefined) request.setHeader('Expect', expect);
    try {
      callProxyReq(this.#host.hooks, request, this.#exchange.facts);
    } catch (error) {
      return this.#defect(error);
    }
    // Node would drop the lines beyond this number in silence; the strict parser refuses them.
    request.maxHeadersCount = 0;
    request.on('information', (parts) => this.#interim(parts));
    request.on('upgrade', (message, upgraded, rest) => this.#switched(message, upgraded, rest));
    request.on('connect', (message, upgraded, rest) => this.#connected(message, upgraded, rest));
    // Behind the listener of Node's parser.
    socket.on('data', this.#read);
    // Not `connecting`: a socket that failed at once is not, and will never be ready.
    if (request.reusedSocket || this.#link.secure !== undefined) this.#ready(request);
    else socket.once('connect', () => this.#ready(request));
  }

  answered(message: IncomingMessage): void {
    message.on('error', () => undefined);
    try {
      if (this.#phase === 'head') callProxyRes(this.#host.hooks, message, this.#exchange.facts);
    } catch (error) {
      return this.#defect(error);
    }
    const head = this.#readHead(message);
    if (head === undefined) return void message.destroy();
    if (head.status < 200) return this.#invalid(wrongText(message, 'interim status as a final answer'), false);
    this.#answer = head;
    this.#judged(message, head, this.#exchange.answered(head, this.#replayable, this));
  }

  /** What rules see of the body of the response. Node reads it after the head: without a wait there is nothing. */
  get body(): BodyView {
    return this.#answer === undefined ? NO_BODY : this.#bodyOf(this.#answer);
  }

  #bodyOf(head: ResponseHead): HeldBody {
    const limit = this.#exchange.context.global.maxHeadBytes - head.lines.length;
    return (this.#held ??= new HeldBody(limit, bodyLength(head)));
  }

  /** What the rules made of the head: it is sent on, dropped, or held until as much of its body is here as they want. */
  #judged(message: IncomingMessage, head: ResponseHead, verdict: Verdict): void {
    const { bodyWait } = this.#exchange;
    if (verdict === 'wait' && bodyWait !== undefined) return this.#hold(message, head, bodyWait);
    if (verdict !== 'pass') return this.cancel();
    this.#phase = 'body';
    this.#message = message;
    this.#link.loggedIn ||= head.asksForLogin;
    this.#idleTimeout = head.idleTimeout;
    this.#client.answer(head, message);
  }

  #hold(message: IncomingMessage, head: ResponseHead, wait: BodyWait): void {
    this.#exchange.bodyWait = undefined;
    this.#phase = 'held';
    this.deadline = this.#host.deadlines.in(wait.time);
    const view = this.#bodyOf(head);
    holdMessage(
      message,
      view,
      () => this.#phase !== 'held' || view.enough(wait.atLeast),
      () => {
        if (this.#phase === 'held') this.#judged(message, head, this.#exchange.judged());
      },
      () => {
        if (this.#phase === 'held') this.#fail(failures.serverCut, false);
      },
    );
  }

  broke(error: unknown): void {
    const { code, bytes, at } = parseErrorOf(error);
    const wrong = { reason: code, bytes, at };
    const invalid = code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE';
    if (this.#phase === 'connecting') return this.#fail(connectFailure(code), true, noteRefusal(this.#exchange, error));
    // Nonsense behind a whole answer is nobody's: Node has ended the connection, the answer goes out.
    if (this.#message?.complete === true) return;
    if (this.#phase === 'held' && invalid) return this.#invalid(wrong, false, failures.serverGarbled);
    if (this.#phase === 'held') return this.#fail(failures.serverCut, false);
    if (this.#phase === 'body') return invalid ? this.#garbled(wrong) : this.#fail(failures.serverCut, false);
    if (this.#phase !== 'head') return;
    if (invalid) return this.#invalid(wrong, this.#replayable);
    if (this.#request?.reusedSocket !== true || this.#sawBytes)
      return this.#fail(failures.serverClosed, this.#replayable);
    this.cancel();
    this.#exchange.staleConnection(this.#replayable && idempotent.has(this.#client.facts.method), this.#replayable);
  }

  /** The body broke its framing. While its head is still held here, the client gets an error page instead. */
  #garbled(wrong: Wrong): void {
    if (!this.#client.retract()) return this.#invalid(wrong, false, failures.serverGarbled);
    this.#exchange.unanswered();
    this.#invalid(wrong, false);
  }

  /** Every read of the server's socket, when the parser has seen it. */
  readonly #read = (chunk: Buffer): void => {
    this.#surplus = this.#whole;
    this.#whole = this.#message?.complete === true;
    if (this.#phase !== 'head') return;
    this.#sawBytes = true;
    // Node counts names and values only: a head of many short lines would be read on.
    this.#headBytes += chunk.length;
    if (this.#headBytes > this.#exchange.context.global.maxHeadBytes)
      this.#invalid({ reason: 'head too large', bytes: chunk, at: chunk.length }, this.#replayable);
  };

  #ready(request: ClientRequest): void {
    if (this.#phase !== 'connecting') return;
    this.#phase = 'head';
    this.#exchange.connected(false, this.#link);
    this.#touch();
    if (this.#client.head.framing === 'none') return void this.#view.push(null);
    // Like flushHeaders, which would write bytes beyond ASCII as UTF-8.
    request.write('', 'latin1');
    this.#view.onPull = () => this.#client.resumeBody();
    this.#waitForBody();
    this.#client.readBody(
      (chunk) => {
        if (this.#phase === 'over') return true;
        const accepted = this.#view.push(chunk);
        if (accepted) this.#waitForBody();
        else this.#touch();
        return accepted;
      },
      () => {
        if (this.#phase !== 'over') this.#view.push(null);
        this.#touch();
      },
    );
  }

  /** The next step is the client's, and so is the timeout. */
  #waitForBody(): void {
    if (this.#phase === 'head') this.deadline = 0;
  }

  #interim(parts: InformationEvent): void {
    if (this.#phase !== 'head') return;
    this.#touch();
    this.#headBytes = 0;
    const head = this.#readHead(parts);
    if (head === undefined || this.#client.head.version === '1.0' || this.#client.interim(head)) return;
    // A client that does not take them stops the server here too: interim answers need not end.
    const socket = this.#request?.socket;
    if (socket?.isPaused() !== false) return;
    socket.pause();
    this.waitsForClient(true);
    this.#client.onceDrained(() => {
      socket.resume();
      this.waitsForClient(false);
    });
  }

  #switched(message: IncomingMessage, socket: Socket, rest: Buffer): void {
    socket.on('error', () => undefined);
    const head = this.#readHead(message);
    if (head === undefined) return void socket.destroy();
    const problem = switchingProblem(head, this.#client.head.upgrade);
    if (problem === undefined) return this.#tunnel(head, socket, rest);
    socket.destroy();
    this.#invalid(wrongText(message, problem), false);
  }

  /** Node gives every answer to CONNECT as a bare socket; what refuses it goes on without its body. */
  #connected(message: IncomingMessage, socket: Socket, rest: Buffer): void {
    socket.on('error', () => undefined);
    const head = this.#readHead(message);
    if (head === undefined) return void socket.destroy();
    // A 101 answers an upgrade, and CONNECT asks for none.
    if (head.status >= 200 && head.status < 300) return this.#tunnel(head, socket, rest);
    socket.destroy();
    this.#invalid(wrongText(message, `CONNECT answered with ${head.status}`), false);
  }

  #tunnel(head: ResponseHead, socket: Socket, rest: Buffer): void {
    if (this.#phase !== 'head') return void socket.destroy();
    if (this.#exchange.answered(head, false, this) !== 'pass') {
      socket.destroy();
      return this.cancel();
    }
    this.#finish();
    this.#client.tunnel(head, socket, rest, this.#exchange.answerEdits);
  }

  /** The head of an answer under the strict rules; undefined when the attempt is over, or has just failed by it. */
  #readHead(parts: AnswerParts): ResponseHead | undefined {
    if (this.#phase !== 'head') return undefined;
    const head = parseResponseHead(answerText(parts), this.#client.head.method, this.#exchange.context.global);
    if (!('refused' in head)) return head;
    this.#invalid(wrongText(parts, head.reason, head.at), this.#replayable);
    return undefined;
  }

  #invalid(wrong: Wrong, replayable: boolean, failure: Failure = failures.serverInvalid): void {
    if (this.#phase === 'over') return;
    keepInvalid(this.#exchange, wrong, this.#server);
    this.#fail(failure, replayable, wrong.reason);
  }

  #fail(failure: Failure, replayable: boolean, reason?: string): void {
    if (this.#phase === 'over') return;
    if (reason !== undefined) tellReason(this.#exchange.context, this.#server, this.#phase === 'connecting', reason);
    this.cancel();
    this.#exchange.failed(failure, replayable);
  }

  #finish(): void {
    this.#phase = 'over';
    this.#request?.socket?.off('data', this.#read);
    this.#host.deadlines.remove(this);
    this.#view.onPull = () => {};
  }

  #touch(): void {
    if (this.#phase !== 'over' && this.#phase !== 'held')
      this.deadline = this.#delayed ? 0 : this.#host.deadlines.in(this.#backend.timeouts.server);
  }
}

/** A head that Node has read, as it was refused. */
function wrongText(parts: AnswerParts, reason: string, at = 0): Wrong {
  return { reason, bytes: Buffer.from(answerText(parts), 'latin1'), at };
}
