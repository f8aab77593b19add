import { isEnding, isGone, resetSocket as reset } from '@headgate/shared/net/node/reset';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Service } from '../model/snapshot.ts';
import { endings } from '../model/errors.ts';
import type { EndingCode } from '../model/errors.ts';
import type { Arrival } from './arrivals.ts';
import type { Candidate } from './candidates.ts';
import type { Clock } from '@headgate/shared/time/clock';
import { Delivery } from './delivery.ts';
import { Intake, MOST_BARREN } from './intake.ts';
import { proxyHeader } from './proxy-header.ts';
import { Reach } from './reach.ts';
import type { SessionLog } from './session-log.ts';
import { describeTls } from './tls-facts.ts';
import { REQUEST_LINE, unavailable } from './unavailable.ts';
import { mostUnread, unreadBytes } from './unread-bytes.ts';

export interface SessionParts {
  readonly service: Pick<Service, 'timeouts' | 'reset' | 'proxyProtocol' | 'localAddress' | 'sockets'>;
  /** The connection after its handshake. */
  readonly client: TLSSocket;
  /** What is known of the connection below; its socket is undefined when it cannot be told (a unix socket). */
  readonly arrival: Pick<Arrival, 'id' | 'peer' | 'local'> & { readonly raw: Socket | undefined };
  readonly clock: Pick<Clock, 'now'>;
  readonly log: SessionLog;
  /** Where the bytes may go, in the order to try. */
  readonly candidates: readonly Candidate[];
  readonly onEnd: () => void;
}

/** How long a client that was told that no server is there may take to end, in milliseconds. */
const LINGER = 2000;

/**
 * The life of one TLS connection after its handshake, and the specification of a terminator: connect to a server,
 * say who is calling, carry bytes both ways, let each side end when it wants, and tell what happened.
 *
 * Nothing large is allocated per chunk (forward.ts); there are no timers, the service's clock calls `expire`.
 * The file is longer than its neighbours because the order of these steps is the point.
 */
export class Session {
  readonly #parts: SessionParts;
  readonly #client: TLSSocket;
  readonly #intake: Intake;
  readonly #delivery: Delivery;
  readonly #reach: Reach;
  /** The server, once it is connected. */
  #server: Socket | undefined;
  /** Sockets that have not closed yet. */
  #open = 1;
  /** Who ended first, until something worse happens; final once `#stopped`. */
  #ending: EndingCode | undefined;
  #stopped = false;
  #transferring = false;
  /** There is no server, and the client was told so. */
  #answered = false;
  #clientEnded = false;
  #serverEnded = false;
  /** When something last happened. */
  #since: number;
  #bytesToClient = 0;
  #bytesToServer = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#client = parts.client;
    this.#since = parts.clock.now;
    this.#client.on('error', (error: Error & { readonly code?: string }) => {
      // Told from within OpenSSL: closing the connection before it has returned crashes the process.
      if (error.code === 'ERR_TLS_SESSION_ATTACK') setImmediate(() => this.#clientFailed());
      else this.#clientFailed();
    });
    // From the beginning: a client may end before a server is reached, and an end that nobody hears is not said again.
    this.#client.on('end', () => {
      this.#clientEnded = true;
      if (this.#transferring) this.#alive();
    });
    this.#client.on('close', () => this.#clientClosed());
    this.#intake = new Intake({
      client: parts.client,
      raw: parts.arrival.raw,
      heard: () => (this.#since = this.#transferring ? parts.clock.now : this.#since),
      passed: (bytes) => (this.#bytesToServer += bytes),
      finished: () => this.#clientFinished(),
    });
    this.#delivery = new Delivery({
      client: parts.client,
      raw: parts.arrival.raw,
      more: () => this.#clientTook(),
    });
    this.#reach = new Reach({
      ...parts,
      onRead: this.#fromServer,
      attempt: (step) => this.#attempt(step),
      reached: (server, name) => this.#attempt(() => this.#connected(server, name)),
      failed: () => this.#unreachable(),
    });
  }

  /**
   * From here events carry on; `onEnd` is called once both sockets have closed. stunnel contacts no server before the handshake
   * succeeded, and neither do we.
   */
  start(): void {
    this.#reach.start();
  }

  /** It waits for no server that is not there any more: the program is about to stop. */
  hurry(): void {
    this.#reach.hurry();
  }

  /** What throws is a fault of ours: this session ends, the others go on. */
  #attempt(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#parts.log.broken(this.#parts.arrival, error);
      this.stop();
    }
  }

  /** Nobody is there. Who speaks HTTP is told so; what it still sends is dropped, for a reset would overtake the page. */
  #unreachable(): void {
    const page = unavailable(this.#intake.early(REQUEST_LINE));
    if (page === undefined) return this.#stop('CONNECT_FAILED');
    this.#answered = true;
    this.#ending = 'CONNECT_FAILED';
    this.#since = this.#parts.clock.now;
    this.#bytesToClient += page.length;
    this.#intake.discard();
    this.#client.end(page);
  }

  /**
   * Says who is calling, then carries bytes. The PROXY header leaves before any byte of the client, and together with
   * its first ones when they are there already. It is not counted, as in stunnel.
   */
  #connected(server: Socket, name: string): void {
    this.#server = server;
    this.#open += 1;
    server.on('error', () => this.#serverFailed());
    server.on('close', () => {
      this.#serverClosed();
      this.#closed();
    });
    const { service, arrival, log } = this.#parts;
    const tls = describeTls(this.#client);
    log.connected(arrival, tls, name, this.#reach.refused);
    const header = proxyHeader(service.proxyProtocol, arrival, tls);
    if (header !== undefined) {
      server.cork();
      server.write(header);
    }
    this.#transfer(server);
    if (header !== undefined) server.uncork();
  }

  /** Bytes both ways; who cannot take more stops the other; an end is passed on, and the way back stays open. */
  #transfer(server: Socket): void {
    const client = this.#client;
    this.#transferring = true;
    this.#alive();
    server.on('drain', () => {
      this.#alive();
      this.#intake.drained();
    });
    client.on('finish', () => this.#alive());
    server.on('finish', () => this.#alive());
    server.on('end', () => {
      this.#serverEnded = true;
      this.#alive();
      client.end();
    });
    server.resume();
    this.#intake.open(server);
  }

  /** The client has ended, and the server was given all that it said. */
  #clientFinished(): void {
    if (this.#answered) return;
    this.#alive();
    if (this.#server !== undefined) this.#endServer(this.#server);
  }

  /**
   * Tells the server that the client has ended, when all that it said has left: a socket that ends while bytes wait cannot be
   * reset any more, and its server would take what it gets for the whole.
   */
  #endServer(server: Socket): void {
    if (server.writableLength > 0) server.write('', (error) => error == null && this.#endServer(server));
    // Nothing is left to say to a server that has ended too: closing says the end as well, and is one system call less.
    else if (this.#serverEnded) server.destroy();
    else server.end();
  }

  readonly #fromServer = (length: number, bytes: Uint8Array): boolean => {
    this.#since = this.#parts.clock.now;
    this.#bytesToClient += length;
    return this.#delivery.pass(length, bytes);
  };

  #clientTook(): void {
    this.#alive();
    this.#server?.resume();
  }

  #alive(): void {
    if (this.#clientEnded !== this.#serverEnded) this.#ending ??= this.#clientEnded ? 'CLIENT_CLOSED' : 'SERVER_CLOSED';
    this.#since = this.#parts.clock.now;
  }

  /** Called at every tick of the clock. */
  expire(now: number): void {
    if (unreadBytes(this.#client) > mostUnread) return this.#stop('CLIENT_FLOODED');
    if (this.#intake.barren > MOST_BARREN) return this.#stop('CLIENT_BARREN');
    if (this.#clientVanished()) return this.#clientFailed();
    if (this.#serverVanished()) return this.#stop('SERVER_RESET');
    if (!this.#transferring) this.#reach.expire(now);
    if (now - this.#since < this.#patience()) return;
    if (this.#answered) return this.#stop('CONNECT_FAILED');
    this.#stop(this.#ending === undefined || this.#delivering() ? 'IDLE_TIMEOUT' : 'CLOSE_TIMEOUT');
  }

  /** A reset that no event told of: nothing is read from a client that has ended, or whose server takes nothing now. */
  #clientVanished(): boolean {
    const silent = this.#clientEnded || this.#intake.stopped;
    return silent && !this.#client.writableEnded && isGone(this.#client);
  }

  #serverVanished(): boolean {
    const server = this.#server;
    if (server === undefined || server.writableEnded) return false;
    return (this.#serverEnded || server.isPaused()) && isGone(server);
  }

  /**
   * How long nothing may happen. When a side has ended and all it said was taken, the other has TIMEOUTclose to end too; as in
   * stunnel 0 is no time at all there, and for ever elsewhere.
   */
  #patience(): number {
    const { idle, close } = this.#parts.service.timeouts;
    if (this.#answered) return LINGER;
    if (!this.#transferring) return Number.POSITIVE_INFINITY;
    if (this.#ending !== undefined && !this.#delivering()) return close;
    return idle === 0 ? Number.POSITIVE_INFINITY : idle;
  }

  /** What one side said last is still on its way to the other, which reads slowly. */
  #delivering(): boolean {
    const server = this.#server;
    const toServer = server !== undefined && (isEnding(server) || server.writableLength > 0);
    return toServer || this.#intake.held > 0 || isEnding(this.#client) || this.#client.writableLength > 0;
  }

  /** Ends it at once, whatever is under way. */
  stop(): void {
    this.#stop('STOPPED');
  }

  #clientFailed(): void {
    this.#stop(this.#answered ? 'CONNECT_FAILED' : this.#transferring ? 'CLIENT_RESET' : 'CLIENT_GONE');
  }

  /**
   * A server that has said all it had to say and then refuses what the client still sends (an early HTTP error does this)
   * has not cut its answer short: the client gets the rest of it, and a clean end.
   */
  #serverFailed(): void {
    if (this.#serverEnded) this.#intake.drained();
    else this.#stop('SERVER_RESET');
  }

  /** Closes both sides now: with a reset after a failure, so that neither takes a cut-off answer for a whole one. */
  #stop(code: EndingCode): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#ending = code;
    this.#intake.close();
    this.#reach.stop();
    this.#tell(code);
    const { arrival, service } = this.#parts;
    // A server that has not ended may have had more to say: its answer must not look whole.
    const byReset = service.reset && (endings[code].reset || !this.#serverEnded);
    if (byReset && arrival.raw !== undefined && !isEnding(this.#client)) reset(arrival.raw);
    this.#client.destroy();
    const server = this.#server;
    // Who was told the end has all that the client said, be it in the kernel only: a reset would take it back.
    if (byReset && server !== undefined && !server.writableEnded) reset(server);
    server?.destroy();
  }

  #clientClosed(): void {
    if (this.#answered) this.#intake.close();
    else if (!this.#transferring) this.#stop('CLIENT_GONE');
    else if (!(this.#clientEnded && this.#serverEnded)) this.#stop('CLIENT_RESET');
    this.#closed();
  }

  #serverClosed(): void {
    if (!this.#serverEnded) this.#stop('SERVER_RESET');
  }

  #closed(): void {
    this.#open -= 1;
    if (this.#open > 0 || this.#ending === undefined) return;
    if (!this.#stopped) this.#tell(this.#ending);
    this.#parts.onEnd();
  }

  /** The last line. Of a session that is cut at once: a process that stops has no time to see its sockets close. */
  #tell(code: EndingCode): void {
    this.#parts.log.ended(this.#parts.arrival, code, {
      toClient: this.#bytesToClient,
      toServer: this.#bytesToServer,
      refused: this.#reach.refused,
    });
  }
}
